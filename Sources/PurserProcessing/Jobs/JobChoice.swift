import Foundation
import PurserOperations

/// Decides which file is begun next; pure.
///
/// Jobs that run share the workers: the one with the fewest files under way goes first, within the class of the highest
/// priority. A job rises one class for each ten minutes since it was asked for, so that none starves. As many jobs run at
/// the same time as there are workers, so that a small job need not wait for a large one; beyond that one starts only where
/// it is more urgent than all that run.
enum JobChoice {
    /// A job that has a file to begin.
    struct Candidate: Sendable, Equatable {
        var number: Int64
        var priority: OperationPriority
        var createdAt: Date
        var inFlight: Int
    }

    /// What to do.
    enum Decision: Sendable, Equatable {
        /// The job that waits is to start.
        case start
        /// The next file of a job that runs.
        case take(Int64)
        /// Nothing can be begun.
        case wait
    }

    /// How long a job waits for each class that it rises.
    static let ageing = 600.0

    /// - Parameters:
    ///   - candidates: Jobs under way that have something to begin.
    ///   - waiting: Priority and time of the job that is to start next, if any.
    ///   - running: How many jobs are under way.
    ///   - workers: How many files go at the same time.
    ///   - now: The time of day.
    /// - Returns: What to do next.
    static func choose(
        _ candidates: [Candidate],
        waiting: (priority: OperationPriority, createdAt: Date)?,
        running: Int,
        workers: Int,
        at now: Date
    ) -> Decision {
        func level(_ priority: OperationPriority, _ createdAt: Date) -> Int {
            max(0, priority.rawValue - Int(max(0, now.timeIntervalSince(createdAt)) / Self.ageing))
        }
        let first = candidates.min { one, other in
            let (left, right) = (level(one.priority, one.createdAt), level(other.priority, other.createdAt))
            return (left, one.inFlight, one.createdAt, one.number) < (
                right, other.inFlight, other.createdAt, other.number
            )
        }
        // Jobs that wait for their last files to be written down are under way too, and are not to become many.
        guard let first else { return waiting == nil || running >= 4 * workers ? .wait : .start }
        guard let waiting else { return .take(first.number) }
        let isUrgent = level(waiting.priority, waiting.createdAt) < level(first.priority, first.createdAt)
        // The new one has nothing under way yet: among equals its turn comes first anyway.
        return running < workers && first.inFlight > 0 || isUrgent ? .start : .take(first.number)
    }
}
