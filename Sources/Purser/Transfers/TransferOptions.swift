public import PurserCatalog
public import PurserIdentifiers
public import PurserOperations
public import PurserStore

/// How an operation is to be admitted, known and followed.
///
/// ```swift
/// let admission = AdmissionOptions(priority: .batch) { update in
///     print(update.state, update.progress.bytesDone)
/// }
/// ```
public struct AdmissionOptions: Sendable {
    /// A name for the operation; `nil` makes one.
    public var operationID: OperationID?
    /// Who asks: operations are shared out fairly between clients.
    public var client: String
    /// How urgent it is.
    public var priority: OperationPriority
    /// How long it may wait for a slot; `nil` is `resources.queue.wait_limit`.
    public var deadline: Duration?
    /// Called with the state of the operation when it is registered, as it changes, at most ten times a second, and at
    /// last, before the call returns, with its final state.
    ///
    /// Calls never overlap, and do not hold up the work; the call's return waits for the last one.
    public var onProgress: (@Sendable (OperationSnapshot) -> Void)?
    /// Called when the operation has its id and before it waits.
    public var onQueued: (@Sendable (Operation) -> Void)?

    /// Describes an operation of this program that somebody waits for, unless told otherwise.
    public init(
        operationID: OperationID? = nil,
        client: String = "local",
        priority: OperationPriority = .interactive,
        deadline: Duration? = nil,
        onProgress: (@Sendable (OperationSnapshot) -> Void)? = nil,
        onQueued: (@Sendable (Operation) -> Void)? = nil
    ) {
        self.operationID = operationID
        self.client = client
        self.priority = priority
        self.deadline = deadline
        self.onProgress = onProgress
        self.onQueued = onQueued
    }
}

/// What is to be kept of an uploaded file beside its bytes, and what must hold.
public struct UploadOptions: Sendable {
    /// How the operation is admitted and followed.
    public var admission: AdmissionOptions
    /// Media type, kept as given.
    public var contentType: String?
    /// The user's own metadata.
    public var metadata: [String: String]
    /// What must hold of the file that has the name now.
    public var precondition: WritePrecondition
    /// Digests that the content must have.
    public var digests: ExpectedDigests
    /// Whether the body need not be read where a file of this store holds the content that ``digests`` and the size
    /// announce.
    public var takesKnownContent: Bool

    /// Describes an upload that replaces what has its name, unless told otherwise.
    public init(
        admission: AdmissionOptions = AdmissionOptions(),
        contentType: String? = nil,
        metadata: [String: String] = [:],
        precondition: WritePrecondition = .none,
        digests: ExpectedDigests = ExpectedDigests(),
        takesKnownContent: Bool = false
    ) {
        self.admission = admission
        self.contentType = contentType
        self.metadata = metadata
        self.precondition = precondition
        self.digests = digests
        self.takesKnownContent = takesKnownContent
    }
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
