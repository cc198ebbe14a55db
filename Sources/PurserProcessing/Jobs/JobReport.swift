public import Foundation
public import PurserIdentifiers
import PurserOperations

/// A page of what a job did: the job, and some of its files.
public struct JobReport: Sendable, Equatable {
    /// The job as it stands.
    public var job: JobDocument
    /// The files of the page, in the order in which they are begun.
    public var items: [JobItemReport]
    /// The last file of the page, where there are more.
    public var next: Int64?
}

/// What a job did with one file.
public struct JobItemReport: Sendable, Equatable {
    /// Where a file stands.
    public enum State: String, Sendable, CaseIterable, Codable {
        /// Waits for its turn.
        case queued
        /// Is being processed.
        case running
        /// Has its results.
        case succeeded
        /// Has none.
        case failed
        /// The pipeline has nothing to do with it.
        case skipped
        /// Took too long.
        case timedOut = "timed_out"
        /// Has no result, and was moved away.
        case quarantined
        /// The job ended before it was done.
        case cancelled
    }

    /// Its place in the job, from zero.
    public var number: Int64
    /// Its bucket.
    public var bucket: BucketName
    /// Its name.
    public var key: FileKey
    /// Where it stands.
    public var state: State
    /// Why it has no result.
    public var error: FailureReport?
    /// What its steps did, in the order of the pipeline.
    public var steps: [StepReport]
    /// The files that were made of it, in the bucket of the source.
    public var outputs: [JobFile]
    /// Whether all of its results were there before.
    public var isCached: Bool
    /// How long it took, without the wait for its slot; zero while it is not done.
    public var duration: Duration
    /// When it ended.
    public var endedAt: Date?
}

/// What the catalog keeps of a file that is done.
struct JobItemDocument: Sendable, Codable, Equatable {
    var error: FailureReport?
    /// Keys of the files made of it.
    var outputs: [String] = []
    var isCached = false
    /// In seconds.
    var duration = 0.0
    /// Milliseconds since 1970.
    var endedAt: Int64 = 0
}
