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

    /// Goes on with the jobs that were cut off, runs those that are asked for, and starts jobs by itself.
    ///
    /// Returns when the task is cancelled or the service is shut down, once nothing of it goes on; jobs that are under way
    /// then go on at the next start.
    public func run() async throws {
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
                let next = try self.catalog.nextJob()
                let now = self.now()
                let jobs = self.running.withLock { Array($0.values) }
                let allowsSuspect = !jobs.contains { $0.hasSuspect }
                let decision = JobChoice.choose(
                    jobs.compactMap { $0.candidate(at: now, allowsSuspect: allowsSuspect) },
                    waiting: next.map { (OperationPriority(rawValue: $0.priority) ?? .batch, $0.createdAt) },
                    running: jobs.count,
                    workers: workers,
                    at: now
                )
                switch decision {
                case .wait: return nil
                case .start:
                    if let next { try await self.start(next) }
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

    /// The next file of a job; reads some rows where none is at hand.
    private func takeItem(of job: RunningJob) async throws -> JobItemRecord? {
        if job.wantsItems {
            job.beginReading()
            do {
                let items = try await self.catalog.startItems(
                    ofJob: job.number,
                    limit: job.plan.batch,
                    aloneFrom: JobState.maxStarts
                )
                job.add(items)
            } catch {
                job.failReading()
                throw error
            }
        }
        return job.next(allowsSuspect: !self.running.withLock { $0.values.contains { $0.hasSuspect } })
    }

    /// Starts a job that waits.
    private func start(_ record: JobRecord) async throws {
        guard try await self.catalog.startJob(record.number, at: self.now()) else { return }
        try await self.adopt(record)
    }

    /// Takes up a job that is started: it is an operation from here on.
    func adopt(_ record: JobRecord) async throws {
        do {
            let order = try JobOrder(text: record.request)
            let pipeline = try self.pipelines.find(record.pipeline)
            let values = try pipeline.values(of: order.parameters)
            let operation = try self.tracker.begin(
                .process,
                id: try OperationID(record.id),
                name: Self.name(of: record),
                client: record.client,
                priority: OperationPriority(rawValue: record.priority) ?? .batch,
                isMeasured: false
            )
            let count = record.isListed ? Int(record.counts.total) : self.configuration.maxInputs
            let job = RunningJob(
                record,
                pipeline: pipeline,
                order: order,
                parameters: values,
                operation: operation,
                startedAt: record.startedAt ?? self.now(),
                plan: self.plan(
                    count: count,
                    averageBytes: record.counts.total > 0 ? record.bytes / record.counts.total : 0
                )
            )
            self.running.withLock { $0[record.number] = job }
            operation.onCancel { [ends] reason in
                job.stop(.cancelled(reason))
                ends.ring()
            }
            // Cancelled at this very moment: then it ends as such.
            try? operation.start()
            if try self.catalog.job(record.id)?.endedAt != nil { job.stop(.cancelled(.requested)) }
            self.ends.ring()
            self.watchers.wake(record.id)
        } catch {
            try await self.fail(record, OperationSnapshot.Failure(error))
        }
    }

    /// Takes up the jobs that a crash or a stop cut off.
    func resume() async {
        while !Task.isCancelled {
            do {
                var last: Int64?
                while true {
                    let jobs = try self.catalog.jobs(state: OperationState.running.rawValue, before: last, limit: 100)
                    guard !jobs.isEmpty else { return }
                    for job in jobs {
                        try await self.catalog.returnInterruptedItems(ofJob: job.number)
                        try await self.adopt(job)
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
