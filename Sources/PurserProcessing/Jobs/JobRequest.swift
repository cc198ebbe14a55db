public import PurserIdentifiers
public import PurserOperations

/// A job that is asked for: a pipeline, and the files that it is to go over.
public struct JobRequest: Sendable {
    /// Files that a request can name one by one.
    public static let maxInputs = 10_000

    /// The pipeline's name.
    public var pipeline: String
    /// Files, in the order in which they are begun.
    public var inputs: [JobFile] = []
    /// All files of a bucket whose keys begin so, as they are found when the job is started; after ``inputs``.
    ///
    /// What earlier jobs made and what lies in quarantine is left out, unless the prefix names it.
    public var prefix: JobPrefix?
    /// Values for the pipeline's parameters.
    public var parameters: [String: StepValue] = [:]
    /// The class in which its files wait.
    public var priority = OperationPriority.batch
    /// For whom.
    public var client = "local"
    /// Whether it tells how far it is.
    public var tellsProgress = true
    /// How long it may run in all; no limit where there is none.
    public var timeout: Duration?
    /// Where its document is posted once it has ended.
    public var callbackURL: String?
    /// A name under which the same client can make the same request again without a second job.
    public var idempotencyKey: String?
    /// The id of the job and of its operation; one is made where there is none.
    public var id: OperationID?
    /// The trigger that made it, where none did by hand.
    public var trigger: String?

    /// Describes a job over files.
    public init(pipeline: String, inputs: [JobFile] = []) {
        self.pipeline = pipeline
        self.inputs = inputs
    }

    /// Describes a job over all files of a bucket whose keys begin so.
    public init(pipeline: String, prefix: JobPrefix) {
        self.pipeline = pipeline
        self.prefix = prefix
    }
}

/// A file, by its name.
public struct JobFile: Sendable, Hashable {
    /// Its bucket.
    public var bucket: BucketName
    /// Its name there.
    public var key: FileKey

    /// Names a file.
    public init(bucket: BucketName = .default, key: FileKey) {
        self.bucket = bucket
        self.key = key
    }
}

/// The beginning that keys have in common.
public struct JobPrefix: Sendable, Hashable {
    /// The bucket.
    public var bucket: BucketName
    /// What keys begin with, byte for byte; all keys where it is empty.
    public var prefix: String

    /// Names what keys begin with.
    public init(bucket: BucketName = .default, prefix: String) {
        self.bucket = bucket
        self.prefix = prefix
    }
}
