import Foundation
import GRDB
package import PurserIdentifiers

/// A file that a job is to process.
package struct JobInput: Sendable, Hashable {
    /// Its bucket.
    package var bucket: BucketName
    /// Its name.
    package var key: FileKey
    /// Bytes of its content, as far as known.
    package var size: Int64

    /// Names a file.
    package init(bucket: BucketName, key: FileKey, size: Int64 = 0) {
        self.bucket = bucket
        self.key = key
        self.size = size
    }
}

/// Where a file of a job stands.
package enum JobItemState: Int, Sendable, CaseIterable {
    /// Waits for its turn.
    case queued = 0
    /// Is being processed, or was when the process was stopped.
    case running = 1
    /// Has its results.
    case succeeded = 2
    /// Has none.
    case failed = 3
    /// The pipeline has nothing to do with it.
    case skipped = 4
    /// Took too long.
    case timedOut = 5
    /// Has no result, and was moved away.
    case quarantined = 6
}

/// A file of a job as the catalog keeps it.
package struct JobItemRecord: Sendable, Equatable {
    /// Its place in the job, from zero.
    package var number: Int64
    /// Its bucket.
    package var bucket: BucketName
    /// Its name.
    package var key: FileKey
    /// Where it stands.
    package var state: JobItemState
    /// How often it was begun, those times included that a crash cut off.
    package var starts: Int
    /// How it ended, as the service encodes it.
    package var document: String?
}

/// How a file of a job ended.
package struct JobItemEnd: Sendable {
    /// Its place in the job.
    package var number: Int64
    /// Its bucket.
    package var bucket: BucketName
    /// Its name.
    package var key: FileKey
    /// Where it stands now: neither queued nor running.
    package var state: JobItemState
    /// Whether all of its results were there before.
    package var isCached: Bool
    /// How it ended, as the service encodes it.
    package var document: String
    /// What its steps did, in order.
    package var steps: [(name: String, document: String)]
    /// Keys of the files made of it that are to go with it, in its bucket.
    package var dependents: [FileKey]

    /// Describes an end.
    package init(
        number: Int64,
        bucket: BucketName,
        key: FileKey,
        state: JobItemState,
        isCached: Bool,
        document: String,
        steps: [(name: String, document: String)],
        dependents: [FileKey]
    ) {
        self.number = number
        self.bucket = bucket
        self.key = key
        self.state = state
        self.isCached = isCached
        self.document = document
        self.steps = steps
        self.dependents = dependents
    }
}

/// What a step did with a file of a job.
package struct JobStepRecord: Sendable, Equatable {
    /// The file's place in the job.
    package var item: Int64
    /// The step's name.
    package var name: String
    /// What it did, as the service encodes it.
    package var document: String
}

extension JobItemRecord {
    init(_ row: Row) throws {
        guard let bucket = try? BucketName(try row.text(1)),  // written by us, or damaged
            let key = try row.bytes(2, { bytes in try? FileKey(utf8: bytes) }),
            let state = JobItemState(rawValue: Int(try row.integer(3)))
        else { throw CatalogError.undecodable("a file of a job") }
        self.init(
            number: try row.integer(0),
            bucket: bucket,
            key: key,
            state: state,
            starts: Int(try row.integer(4)),
            document: row[5] as String?
        )
    }
}
