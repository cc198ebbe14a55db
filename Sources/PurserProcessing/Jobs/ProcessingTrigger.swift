public import Foundation
public import PurserIdentifiers
public import PurserOperations

/// A job that starts by itself.
public struct ProcessingTrigger: Sendable, Hashable {
    /// What makes it start.
    public enum Event: Sendable, Hashable {
        /// A file was uploaded: the job goes over that file.
        case upload
        /// A time has come: the job goes over all files of the bucket that the trigger is for.
        case schedule(Schedule, TimeZone)
    }

    /// What it is called: a name of its own, which jobs and the catalog keep.
    public var name: String
    /// What makes it start.
    public var event: Event
    /// The pipeline.
    public var pipeline: String
    /// The bucket whose files it is for.
    public var bucket: BucketName
    /// What the keys of its files begin with.
    public var prefix: String
    /// Media types of its files, such as `application/pdf` or `image/*`; any where there are none.
    public var types: [String]
    /// Values for the pipeline's parameters.
    public var parameters: [String: StepValue]
    /// The class in which the files wait.
    public var priority: OperationPriority

    /// Describes a trigger.
    public init(
        name: String,
        event: Event,
        pipeline: String,
        bucket: BucketName = .default,
        prefix: String = "",
        types: [String] = [],
        parameters: [String: StepValue] = [:],
        priority: OperationPriority = .batch
    ) {
        self.name = name
        self.event = event
        self.pipeline = pipeline
        self.bucket = bucket
        self.prefix = prefix
        self.types = types
        self.parameters = parameters
        self.priority = priority
    }

    /// Whether a file is one of those that the trigger is for.
    func takes(bucket: BucketName, key: FileKey, type: String?) -> Bool {
        guard bucket == self.bucket, key.text.utf8.starts(with: self.prefix.utf8) else { return false }
        guard !self.types.isEmpty else { return true }
        guard let type = type?.prefix(while: { $0 != ";" && $0 != " " }).lowercased() else { return false }
        return self.types.contains { pattern in
            pattern.hasSuffix("/*") ? type.hasPrefix(pattern.dropLast()) : type == pattern.lowercased()
        }
    }
}
