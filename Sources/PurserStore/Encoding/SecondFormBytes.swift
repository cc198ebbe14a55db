/// Bytes of a second form of a content, counted as those of uploads under way are while it is written.
///
/// No row counts them yet: without this, uploads would fill the room that it takes.
struct SecondFormBytes {
    private let uncommitted: UncommittedBytes
    private var written: Int64 = 0

    init(_ uncommitted: UncommittedBytes) {
        self.uncommitted = uncommitted
    }

    /// Counts what is written by now.
    mutating func wrote(upTo bytes: Int64) {
        self.uncommitted.add(bytes - self.written)
        self.written = bytes
    }

    /// The bytes are counted by a row now, or are gone.
    mutating func end() { self.wrote(upTo: 0) }
}
