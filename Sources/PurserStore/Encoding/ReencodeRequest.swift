public import PurserBlobs

/// How a content is to be kept from now on.
public struct ReencodeRequest: Sendable, Hashable {
    /// How it is to be compressed; `nil` is back to the bytes as they are.
    public var coding: ContentCoding?
    /// How hard; `nil` is the coding's default, and beyond its levels the nearest one counts.
    public var level: Int?
    /// The share of the content's bytes that must be saved, 0 to 1; it is kept as it is otherwise.
    public var minimumSaving = 0.05
    /// Whether nothing is written and changed, only found out.
    public var isDryRun = false

    /// Asks for a coding, or with `nil` for none.
    public init(coding: ContentCoding?, level: Int? = nil) {
        self.coding = coding
        self.level = level
    }
}

/// What became of a content that was to be kept otherwise.
public struct ReencodeOutcome: Sendable, Hashable {
    /// What was done, or why nothing was.
    public enum Result: String, Sendable, Hashable, CaseIterable {
        /// It is kept as asked; after a dry run: it would be.
        case reencoded
        /// It was kept so already, at whatever level.
        case alreadyEncoded = "already_encoded"
        /// It has fewer bytes than are worth the trouble, or more than the coding can keep.
        case unsuitableSize = "unsuitable_size"
        /// It would save too little. Whoever asks for many contents remembers that.
        case incompressible
        /// It is not there any more, no file has it, it is known to be damaged, or it changed meanwhile.
        case changed
    }

    /// What was done.
    public var result: Result
    /// Bytes of the content; 0 where it is not there.
    public var contentBytes: Int64
    /// Bytes as kept before.
    public var bytesBefore: Int64
    /// Bytes as kept afterwards.
    public var bytesAfter: Int64

    /// Describes what was done.
    public init(_ result: Result, contentBytes: Int64 = 0, bytesBefore: Int64 = 0, bytesAfter: Int64 = 0) {
        self.result = result
        self.contentBytes = contentBytes
        self.bytesBefore = bytesBefore
        self.bytesAfter = bytesAfter
    }

    /// Bytes won; negative where more are taken than before.
    public var bytesSaved: Int64 { self.bytesBefore - self.bytesAfter }
}
