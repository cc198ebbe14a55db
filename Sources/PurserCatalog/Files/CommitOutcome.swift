/// What a commit or a copy did.
public struct CommitOutcome: Sendable, Equatable {
    /// The file as it stands now.
    public var file: FileRecord
    /// The file that stood under the key before.
    public var replaced: FileRecord?
    /// Whether the content was there before; never for the empty content.
    public var deduplicated: Bool
    /// Whether the bytes that were offered are the ones kept.
    ///
    /// Where they are not, the caller drops its own.
    public var usedOfferedBytes: Bool

    /// Whether there was no file under the key.
    public var created: Bool { self.replaced == nil }
}
