public import PurserCatalog
public import PurserIdentifiers
public import PurserOperations
public import PurserStore

/// How an operation is to be admitted and known.
public struct AdmissionOptions: Sendable {
    /// A name for the operation; `nil` makes one.
    public var operationID: OperationID?
    /// Who asks: operations are shared out fairly between clients.
    public var client = "local"
    /// How urgent it is.
    public var priority = OperationPriority.interactive
    /// How long it may wait for a slot; `nil` is `resources.queue.wait_limit`.
    public var deadline: Duration?
    /// Called when the operation has its id and before it waits.
    public var onQueued: (@Sendable (Operation) -> Void)?

    /// Nothing special.
    public init() {}
}

/// What is to be kept of an uploaded file beside its bytes, and what must hold.
public struct UploadOptions: Sendable {
    /// How the operation is admitted.
    public var admission = AdmissionOptions()
    /// Media type, kept as given.
    public var contentType: String?
    /// The user's own metadata.
    public var metadata: [String: String] = [:]
    /// What must hold of the file that has the name now.
    public var precondition = WritePrecondition.none
    /// Digests that the content must have.
    public var digests = ExpectedDigests()
    /// Whether the body need not be read where a file of this store holds the content that ``digests`` and the size
    /// announce.
    public var takesKnownContent = false

    /// Nothing special.
    public init() {}
}

/// A file that was stored or copied.
public struct StoredFile: Sendable {
    /// The file as it is now.
    public var file: FileRecord
    /// Whether the name is new; otherwise it was replaced.
    public var isNew: Bool
    /// Whether its content was there before, so that nothing was written.
    public var isDeduplicated: Bool
    /// The operation that stored it.
    public var operationID: OperationID
}
