package import Foundation
import GRDB

/// A job as the catalog keeps it.
package struct JobRecord: Sendable, Equatable {
    /// Its row; later jobs have higher ones.
    package var number: Int64
    /// Its id.
    package var id: String
    /// The pipeline's name.
    package var pipeline: String
    /// `queued`, `running`, `succeeded`, `failed`, `cancelled` or `timed_out`.
    package var state: String
    /// 0 interactive, 1 batch, 2 background.
    package var priority: Int
    /// For whom.
    package var client: String
    /// What became of its files.
    package var counts: JobCounts
    /// Bytes of all inputs found so far.
    package var bytes: Int64
    /// Whether all files are found that it is to process.
    package var isListed: Bool
    /// The last key of the prefix that was found, while not all are.
    package var listedTo: Data?
    /// What was asked for, as the service encodes it.
    package var request: String
    /// Why it failed, was cancelled or timed out: a stable code.
    package var errorCode: String?
    /// The same for people.
    package var errorMessage: String?
    /// When it was made.
    package var createdAt: Date
    /// When it was first started.
    package var startedAt: Date?
    /// When it ended.
    package var endedAt: Date?
    /// Why it could not be taken up so far, though its turn had come.
    package var waiting: JobWait?
}

/// Why a job could not be taken up.
package struct JobWait: Sendable, Equatable {
    /// A stable code.
    package var code: String
    /// The same for people.
    package var message: String
    /// When that was tried first.
    package var since: Date

    /// Describes a reason.
    package init(code: String, message: String, since: Date) {
        self.code = code
        self.message = message
        self.since = since
    }
}

/// What became of the files of a job.
public struct JobCounts: Sendable, Hashable {
    /// All files found so far.
    public var total: Int64 = 0
    /// Those that have their results.
    public var succeeded: Int64 = 0
    /// Those that have none: failed, timed out, or moved to the quarantine.
    public var failed: Int64 = 0
    /// Those that the pipeline has nothing to do with.
    public var skipped: Int64 = 0
    /// Of those succeeded, the ones whose results were all there already.
    public var cached: Int64 = 0

    /// Files that need no more work.
    public var ended: Int64 { self.succeeded + self.failed + self.skipped }

    /// Counts nothing yet.
    public init() {}
}

/// A job to be kept.
package struct NewJob: Sendable {
    /// Its id.
    package var id: String
    /// The pipeline's name.
    package var pipeline: String
    /// 0 interactive, 1 batch, 2 background.
    package var priority: Int
    /// For whom.
    package var client: String
    /// What was asked for, as the service encodes it.
    package var request: String
    /// The files that are known by now.
    package var inputs: [JobInput]
    /// Whether there are no others.
    package var isListed: Bool
    /// The last key of the prefix that was found, where there are others.
    package var listedTo: Data?
    /// The key under which its sender may ask again, and a digest of what is asked for.
    package var idempotency: (key: String, digest: Data)?
    /// How often its end may be told to a URL; 0 where it names none.
    package var callbacks: Int
    /// When it was made.
    package var createdAt: Date

    /// Describes a job.
    package init(
        id: String,
        pipeline: String,
        priority: Int,
        client: String,
        request: String,
        inputs: [JobInput],
        isListed: Bool,
        listedTo: Data?,
        idempotency: (key: String, digest: Data)?,
        callbacks: Int,
        createdAt: Date
    ) {
        self.id = id
        self.pipeline = pipeline
        self.priority = priority
        self.client = client
        self.request = request
        self.inputs = inputs
        self.isListed = isListed
        self.listedTo = listedTo
        self.idempotency = idempotency
        self.callbacks = callbacks
        self.createdAt = createdAt
    }
}

/// What came of a job that was to be kept.
package enum JobInsertion: Sendable, Equatable {
    /// It is kept.
    case inserted(JobRecord)
    /// Its sender has asked for the same before: this is that job.
    case known(JobRecord)
    /// Its sender has used the key for something else.
    case contradicts
    /// There is a job of that id.
    case idTaken
}

extension JobRecord {
    init(_ row: Row) throws {
        var counts = JobCounts()
        counts.total = try row.integer(6)
        counts.succeeded = try row.integer(7)
        counts.failed = try row.integer(8)
        counts.skipped = try row.integer(9)
        counts.cached = try row.integer(10)
        self.init(
            number: try row.integer(0),
            id: try row.text(1),
            pipeline: try row.text(2),
            state: try row.text(3),
            priority: Int(try row.integer(4)),
            client: try row.text(5),
            counts: counts,
            bytes: try row.integer(11),
            isListed: try row.integer(12) != 0,
            listedTo: row[13] as Data?,
            request: try row.text(14),
            errorCode: row[15] as String?,
            errorMessage: row[16] as String?,
            createdAt: Date(milliseconds: try row.integer(17)),
            startedAt: (row[18] as Int64?).map { Date(milliseconds: $0) },
            endedAt: (row[19] as Int64?).map { Date(milliseconds: $0) },
            waiting: (row[20] as String?).map { code in
                JobWait(
                    code: code,
                    message: row[21] as String? ?? "",
                    since: Date(milliseconds: row[22] as Int64? ?? 0)
                )
            }
        )
    }
}
