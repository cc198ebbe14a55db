import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
public import ServiceLifecycle
import Synchronization

extension ProcessingService: Service {
    /// How long to wait before something is tried again that failed for no fault of a file.
    static let retryAfter = Duration.seconds(1)
    /// Clients of whose jobs the first is looked at for each file that is begun.
    static let clientsAtOnce = 16

    /// Goes on with the jobs that were cut off, runs those that are asked for, and starts jobs by itself.
    ///
    /// Returns when the task is cancelled or the service is shut down, once nothing of it goes on; jobs that are under way
    /// then go on at the next start.
    public func run() async throws {
        self.watchers.begin()
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await self.resume()
                    await self.handOut()
                }
                group.addTask { await self.writeDown() }
                group.addTask { await self.listFiles() }
                group.addTask { await self.tellEnds() }
                group.addTask { await self.keepTimes() }
                self.work.ring()
                self.listing.ring()
                self.telling.ring()
                await group.waitForAll()
            }
            // In a task of its own, which nobody cancels, and awaited here: what is done is written down in any case.
            await Task { await self.leave() }.value
        }
    }

    /// Hands files out to be processed, as many as there are workers, until the task is cancelled.
    private func handOut() async {
        let workers = self.configuration.workers ?? self.plan(count: .max, averageBytes: 0).workers
        let count = InFlight()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                while !Task.isCancelled, count.value < workers, let (job, item) = await self.nextItem(workers) {
                    count.add(1)
                    group.addTask {
                        await self.process(item, of: job)
                        count.add(-1)
                        self.work.ring()
                    }
                }
                await self.work.wait()
            }
        }
    }

    /// The next file to process, where there is one.
    private func nextItem(_ workers: Int) async -> (RunningJob, JobItemRecord)? {
        while !Task.isCancelled {
            do {
                let waiting = try self.jobsToStart()
                let jobs = self.running.withLock { Array($0.values) }
                switch self.choose(jobs, waiting, workers) {
                case .wait: return nil
                case .start(let number):
                    if let next = waiting.first(where: { $0.number == number }) { try await self.start(next) }
                case .take(let number):
                    guard let job = jobs.first(where: { $0.number == number }) else { continue }
                    if let item = try await self.takeItem(of: job) { return (job, item) }
                    // Nothing was left of it: perhaps it is done.
                    self.ends.ring()
                }
            } catch {
                guard !Task.isCancelled else { return nil }
                await self.pause(after: error, "jobs could not be taken up")
            }
        }
        return nil
    }

    /// The jobs of which one may start next: the first of all, and those of some clients.
    ///
    /// Each look begins behind the clients of the last, so that none is overlooked for long.
    private func jobsToStart() throws -> [JobRecord] {
        guard let first = try self.catalog.nextJob() else { return [] }
        let last = self.turns.withLock { $0.lastClient }
        let others = try self.catalog.nextJobs(afterClient: last, limit: Self.clientsAtOnce)
        if let client = others.last?.client { self.turns.withLock { $0.lastClient = client } }
        return [first] + others.filter { $0.number != first.number }
    }

    private func choose(_ jobs: [RunningJob], _ waiting: [JobRecord], _ workers: Int) -> JobChoice.Decision {
        let allowsSuspect = !jobs.contains { $0.hasSuspect }
        return JobChoice.choose(
            jobs.compactMap { $0.candidate(allowsSuspect: allowsSuspect) },
            waiters: waiting.map { JobChoice.Waiter($0) },
            shares: jobs.reduce(into: [:]) { $1.add(to: &$0) },
            workers: workers,
            at: self.now()
        )
    }

    /// The next file of a job; reads some rows where none is at hand.
    private func takeItem(of job: RunningJob) async throws -> JobItemRecord? {
        // Nobody else begins files meanwhile.
        let allowsSuspect = !self.running.withLock { $0.values.contains { $0.hasSuspect } }
        if job.wantsItems {
            job.beginReading()
            do {
                let items = try await self.catalog.startItems(
                    ofJob: job.number,
                    limit: job.plan.batch,
                    aloneFrom: JobState.maxStarts,
                    allowsAlone: allowsSuspect
                )
                let hasHeldBack = items.isEmpty && !allowsSuspect
                job.add(items, hasHeldBack: try hasHeldBack && self.catalog.hasQueuedItems(ofJob: job.number))
            } catch {
                job.failReading()
                throw error
            }
        }
        let number = self.turns.withLock { turns in
            turns.begins += 1
            return turns.begins
        }
        return job.next(allowsSuspect: allowsSuspect, as: JobChoice.Begin(number: number, at: self.now()))
    }

    /// Takes up the jobs that a crash or a stop cut off.
    func resume() async {
        while !Task.isCancelled {
            do {
                var last: Int64?
                while true {
                    let jobs = try self.catalog.jobs(state: OperationState.running.rawValue, before: last, limit: 100)
                    guard !jobs.isEmpty else { return }
                    for job in jobs where self.running.withLock({ $0[job.number] == nil }) {
                        try await self.catalog.returnInterruptedItems(ofJob: job.number)
                        try await self.takeUp(job)
                    }
                    last = jobs.last?.number
                    self.logger.notice(
                        "jobs go on after they were cut off",
                        metadata: ["purser.count": "\(jobs.count)"]
                    )
                }
            } catch {
                guard !Task.isCancelled else { return }
                await self.pause(after: error, "jobs that were cut off could not go on")
            }
        }
    }

    /// Waits a little after something failed for no fault of a file, such as a full disk.
    func pause(after error: any Error, _ message: Logger.Message) async {
        self.logger.error(message, metadata: ["purser.error": "\(error)"])
        // Ends early where the task is cancelled, which the caller sees.
        try? await self.timeline.sleep(self.timeline.elapsed() + Self.retryAfter)
    }
}

/// How many files are under way.
private final class InFlight: Sendable {
    private let count = Mutex(0)

    var value: Int { self.count.withLock { $0 } }

    func add(_ number: Int) { self.count.withLock { $0 += number } }
}

extension JobChoice.Waiter {
    fileprivate init(_ job: JobRecord) {
        self.init(
            number: job.number,
            client: job.client,
            priority: OperationPriority(rawValue: job.priority) ?? .batch,
            createdAt: job.createdAt
        )
    }
}
