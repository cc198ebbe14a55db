public import Foundation
public import PurserCatalog
import PurserIdentifiers
public import PurserOperations

/// A job as it stands.
public struct JobDocument: Sendable, Equatable, Identifiable {
    /// Its id, which is that of its operation too; ids sort by their time.
    public var id: String
    /// The pipeline's name.
    public var pipeline: String
    /// Where it stands: `succeeded` where at least one file did.
    public var state: OperationState
    /// How far it is; `nil` where it was not to tell.
    public var progress: OperationSnapshot.Progress?
    /// How long it will still take at its present rate; `nil` until there is evidence, and once it ended.
    public var estimatedRemaining: Duration?
    /// What became of its files so far.
    public var files: JobCounts
    /// Whether all files are found that it is to process.
    public var isListed: Bool
    /// The class in which its files wait.
    public var priority: OperationPriority
    /// For whom.
    public var client: String
    /// The trigger that made it, where none did by hand.
    public var trigger: String?
    /// Why it could not be taken up so far, though its turn had come; `nil` where nothing is in its way.
    ///
    /// It is tried again.
    public var waiting: JobObstacle?
    /// Why it did not succeed.
    public var error: OperationSnapshot.Failure?
    /// When it was asked for.
    public var createdAt: Date
    /// When it was first begun.
    public var startedAt: Date?
    /// When it ended.
    public var endedAt: Date?

    /// The id of its operation.
    public var operationID: String { self.id }
}

/// Why a job cannot be taken up for a while.
public struct JobObstacle: Sendable, Equatable {
    /// Stable and public, such as `pipeline_unavailable`.
    public var code: String
    /// For people.
    public var message: String
    /// When the job could not be taken up first.
    public var since: Date
}

extension JobDocument {
    /// The document of a job that no operation of this process stands for.
    init(_ record: JobRecord) {
        let state = OperationState(rawValue: record.state) ?? .failed
        // Written by us; were it damaged, the trigger would be missing.
        let order = try? JobOrder(text: record.request)
        let ended = record.counts.total == 0 ? 0 : Double(record.counts.ended) / Double(record.counts.total)
        self.init(
            id: record.id,
            pipeline: record.pipeline,
            state: state,
            progress: order?.tellsProgress == false
                ? nil : OperationSnapshot.Progress(fraction: state == .succeeded ? 1 : ended),
            estimatedRemaining: nil,
            files: record.counts,
            isListed: record.isListed,
            priority: OperationPriority(rawValue: record.priority) ?? .batch,
            client: record.client,
            trigger: order?.trigger,
            waiting: record.waiting.map { JobObstacle(code: $0.code, message: $0.message, since: $0.since) },
            error: record.errorCode.map {
                OperationSnapshot.Failure(code: $0, message: record.errorMessage ?? "")
            },
            createdAt: record.createdAt,
            startedAt: record.startedAt,
            endedAt: record.endedAt
        )
    }
}
