public import PurserIdentifiers

/// What a step works on.
public struct StepInput: Sendable {
    /// Where the file is in the store.
    public var bucket: BucketName
    /// The name of the file; never a part of a path and never an argument that could be taken for an option.
    public var key: FileKey
    /// The content's digest.
    public var content: BlobID
    /// Bytes of the content.
    public var size: Int64
    /// What its sender said it is.
    public var contentType: String?
    /// Where the content lies for the time of the job: a file of its own, read-only, with a name that Purser chose.
    public var path: String
    /// What the steps that this one needs have made, by their names.
    public var earlier: [String: StepOutput]
    /// The values that the job was started with, over the pipeline's own.
    public var parameters: [String: StepValue]

    /// Describes an input.
    public init(
        bucket: BucketName,
        key: FileKey,
        content: BlobID,
        size: Int64,
        contentType: String?,
        path: String,
        earlier: [String: StepOutput] = [:],
        parameters: [String: StepValue] = [:]
    ) {
        self.bucket = bucket
        self.key = key
        self.content = content
        self.size = size
        self.contentType = contentType
        self.path = path
        self.earlier = earlier
        self.parameters = parameters
    }
}
