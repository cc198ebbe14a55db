import Foundation
import PurserOperations

/// Decides which file is begun next; pure.
///
/// Within the class of the highest priority the clients share the workers, whatever number of jobs and files each has: the
/// one with the fewest files under way goes first, and among equals the one that has waited longest since its last. The jobs
/// of a client share what it has in the same way. A job of which no file is begun rises one class for each ten minutes, so
/// that none starves.
///
/// As many jobs run at the same time as there are workers, so that a small job need not wait for a large one; beyond that one
/// starts only where it is more urgent than all that run, or is the first of a client while another has files under way.
enum JobChoice {
    /// A job that runs and has a file to begin.
    struct Candidate: Sendable, Equatable {
        var number: Int64
        var client: String
        var priority: OperationPriority
        /// When it was asked for.
        var createdAt: Date
        /// When a file of it was begun last, if any was.
        var lastBegin: Begin?
        var inFlight: Int
    }

    /// A job that is to start.
    struct Waiter: Sendable, Equatable {
        var number: Int64
        var client: String
        var priority: OperationPriority
        /// When it was asked for.
        var createdAt: Date
    }

    /// The begin of a file.
    struct Begin: Sendable, Equatable {
        /// Later ones have higher numbers.
        var number: UInt64
        var at: Date
    }

    /// What a client has of the service.
    struct Share: Sendable, Equatable {
        /// Its jobs that run.
        var jobs = 0
        /// Its files that are under way.
        var inFlight = 0
        /// The number of its last begin; 0 where it had none.
        var lastBegin: UInt64 = 0
    }

    /// What to do.
    enum Decision: Sendable, Equatable {
        /// A job that waits is to start.
        case start(Int64)
        /// The next file of a job that runs.
        case take(Int64)
        /// Nothing can be begun.
        case wait
    }

    /// How long nothing of a job is begun for each class that it rises.
    static let ageing = 600.0
    /// How many times as many jobs as there are workers run at most.
    static let maxRunningPerWorker = 4

    /// - Parameters:
    ///   - candidates: Jobs under way that have something to begin.
    ///   - waiters: Jobs that are to start, in the order of their turns where nothing else decides.
    ///   - shares: What each client has, by its name.
    ///   - workers: How many files go at the same time.
    ///   - now: The time of day.
    /// - Returns: What to do next.
    static func choose(
        _ candidates: [Candidate],
        waiters: [Waiter],
        shares: [String: Share],
        workers: Int,
        at now: Date
    ) -> Decision {
        let ranking = Ranking(shares: shares, now: now)
        let running = shares.values.reduce(0) { $0 + $1.jobs }
        let first = candidates.min { ranking.rank($0) < ranking.rank($1) }
        // The first of equals.
        let waiter = waiters.enumerated().min {
            (ranking.rank($0.element), $0.offset) < (ranking.rank($1.element), $1.offset)
        }?.element
        guard let waiter else { return first.map { .take($0.number) } ?? .wait }
        let hasPlace = running < Self.maxRunningPerWorker * workers
        // Jobs that wait for their last files to be written down are under way too, and are not to become many.
        guard let first else { return hasPlace ? .start(waiter.number) : .wait }
        let present = ranking.level(of: first)
        // However the jobs that wait are ranked by their age, the most urgent of them does not wait behind the others.
        let urgent = waiters.enumerated().filter { $0.element.priority.rawValue < present }.min {
            (ranking.rank($0.element), $0.offset) < (ranking.rank($1.element), $1.offset)
        }?.element
        if let urgent { return .start(urgent.number) }
        // One that has nothing under way goes first: a new one would have its turn behind it.
        let own = ranking.share(of: first.client)
        guard own.inFlight > 0, first.inFlight > 0 || waiter.client != first.client else { return .take(first.number) }
        let isFirstOfClient = ranking.share(of: waiter.client).jobs == 0 && ranking.level(of: waiter) <= present
        let isDue = running < workers && first.inFlight > 0 || isFirstOfClient && hasPlace
        return isDue ? .start(waiter.number) : .take(first.number)
    }
}

/// Puts jobs into an order.
private struct Ranking {
    let shares: [String: JobChoice.Share]
    let now: Date

    func share(of client: String) -> JobChoice.Share { self.shares[client] ?? JobChoice.Share() }

    func level(of candidate: JobChoice.Candidate) -> Int {
        // One that has a file under way does not wait.
        guard candidate.inFlight == 0 else { return candidate.priority.rawValue }
        return self.level(candidate.priority, since: max(candidate.createdAt, candidate.lastBegin?.at ?? .distantPast))
    }

    func level(of waiter: JobChoice.Waiter) -> Int { self.level(waiter.priority, since: waiter.createdAt) }

    func rank(_ candidate: JobChoice.Candidate) -> Rank {
        let share = self.share(of: candidate.client)
        return Rank(
            level: self.level(of: candidate),
            client: (share.inFlight, share.lastBegin),
            job: (candidate.inFlight, candidate.lastBegin?.number ?? 0),
            createdAt: candidate.createdAt,
            number: candidate.number
        )
    }

    func rank(_ waiter: JobChoice.Waiter) -> Rank {
        let share = self.share(of: waiter.client)
        return Rank(
            level: self.level(of: waiter),
            client: (share.inFlight, share.lastBegin),
            job: (share.jobs, 0),
            createdAt: .distantPast,
            number: 0
        )
    }

    private func level(_ priority: OperationPriority, since time: Date) -> Int {
        max(0, priority.rawValue - Int(max(0, self.now.timeIntervalSince(time)) / JobChoice.ageing))
    }
}

/// What a job is compared by; the lowest goes first.
private struct Rank: Comparable {
    var level: Int
    var client: (inFlight: Int, lastBegin: UInt64)
    var job: (inFlight: Int, lastBegin: UInt64)
    var createdAt: Date
    var number: Int64

    static func < (left: Rank, right: Rank) -> Bool {
        guard left.level == right.level else { return left.level < right.level }
        guard left.client == right.client else { return left.client < right.client }
        guard left.job == right.job else { return left.job < right.job }
        return (left.createdAt, left.number) < (right.createdAt, right.number)
    }

    static func == (left: Rank, right: Rank) -> Bool {
        left.client == right.client && left.job == right.job
            && (left.level, left.createdAt, left.number) == (right.level, right.createdAt, right.number)
    }
}
