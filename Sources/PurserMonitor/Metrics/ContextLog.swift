import DequeModule

/// The contexts of the latest samples of one metric that had one.
struct ContextLog {
    /// Bytes kept, the room that the texts take included.
    static let maxBytes = 4 * 1_024

    private struct Entry {
        let sequence: UInt64
        let context: [String: String]
        let cost: Int
    }

    private var entries: Deque<Entry> = []
    private var bytes = 0
    /// Contexts that went before their samples did.
    private(set) var dropped: UInt64 = 0

    /// Keeps the context of a sample.
    ///
    /// `sequence` is the sample's place among all that ever came, `oldest` that of the oldest one that is still there.
    mutating func add(_ context: [String: String], of sequence: UInt64, oldest: UInt64) {
        let cost = Self.cost(of: context)
        self.entries.append(Entry(sequence: sequence, context: context, cost: cost))
        self.bytes += cost
        while let first = self.entries.first, first.sequence < oldest || self.bytes > Self.maxBytes {
            if first.sequence >= oldest { self.dropped += 1 }
            self.bytes -= first.cost
            self.entries.removeFirst()
        }
    }

    /// The contexts by the place of their sample.
    var contexts: [UInt64: [String: String]] {
        Dictionary(self.entries.map { ($0.sequence, $0.context) }) { first, _ in first }
    }

    private static func cost(of context: [String: String]) -> Int {
        context.reduce(128) { $0 + 96 + $1.key.utf8.count + $1.value.utf8.count }
    }
}
