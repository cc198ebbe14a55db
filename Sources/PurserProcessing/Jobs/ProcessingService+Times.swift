import Foundation
import Logging
import PurserCatalog
public import PurserIdentifiers
import PurserOperations
import PurserStore
import Synchronization

extension ProcessingService {
    /// How often times are looked at.
    static let tickInterval = Duration.seconds(1)
    /// Ticks between two looks for jobs that are to be forgotten.
    static let ticksPerCleaning = 60
    /// Files of jobs that are forgotten in one commit.
    static let forgottenAtOnce = 500
    /// Results without a source that go in one go.
    static let orphansAtOnce = 100

    /// Ends jobs whose time is over, starts those whose time has come, and forgets old ones, until the task is cancelled.
    func keepTimes() async {
        self.beginSchedules()
        var ticks = 0
        while !Task.isCancelled {
            await self.tick()
            if ticks % Self.ticksPerCleaning == 0 { await self.forgetOldJobs() }
            ticks += 1
            do {
                try await self.timeline.sleep(self.timeline.elapsed() + Self.tickInterval)
            } catch {
                return
            }
        }
    }

    /// Does what is due now.
    func tick() async {
        let now = self.now()
        for job in self.running.withLock({ Array($0.values) }) {
            guard let deadline = job.deadline, deadline <= now else { continue }
            // Ended meanwhile: then there is nothing to stop.
            try? job.operation.cancel(.timedOut)
        }
        await self.takeBack(at: now)
        await self.startScheduled(at: now)
        await self.removeOrphans()
    }

    /// Removes results whose source is gone and that were to go with it.
    func removeOrphans() async {
        do {
            // Most of the time there is none, which nobody has to write for.
            guard try !self.catalog.orphans(limit: 1).isEmpty else { return }
            for _ in 0..<Self.orphansAtOnce {
                guard try await self.store.deleteOrphan() else { return }
            }
        } catch {
            guard !Task.isCancelled else { return }
            self.logger.warning("results without a source could not be removed", metadata: ["purser.error": "\(error)"])
        }
    }

    /// Forgets jobs that ended long ago, and those that are too many.
    func forgetOldJobs() async {
        do {
            let before = self.now() - self.configuration.keptFor.inSeconds
            while !Task.isCancelled {
                let hasMore = try await self.catalog.forgetJobs(
                    endedBefore: before,
                    keeping: self.configuration.keptJobs,
                    limit: Self.forgottenAtOnce
                )
                guard hasMore else { return }
            }
        } catch {
            guard !Task.isCancelled else { return }
            // The next look tries again.
            self.logger.warning("old jobs could not be removed", metadata: ["purser.error": "\(error)"])
        }
    }
}

/// Jobs that start by themselves.
extension ProcessingService {
    /// Takes note of a file that was uploaded; starts the jobs whose triggers are for it.
    ///
    /// To be called for uploads alone, before they are acknowledged: what a job writes triggers nothing. That a job could
    /// not be started is told as an event, and does not harm the upload.
    ///
    /// - Parameters:
    ///   - bucket: Its bucket.
    ///   - key: Its name.
    ///   - type: Its media type.
    ///   - client: Who uploaded it.
    public func noteUpload(bucket: BucketName, key: FileKey, type: String?, client: String = "local") async {
        for trigger in self.configuration.triggers where trigger.event == .upload {
            guard trigger.takes(bucket: bucket, key: key, type: type) else { continue }
            var request = JobRequest(pipeline: trigger.pipeline, inputs: [JobFile(bucket: bucket, key: key)])
            request.client = client
            await self.start(trigger, request)
        }
    }

    /// Takes the schedules up where the last process left them.
    func beginSchedules() {
        for trigger in self.configuration.triggers where trigger.isScheduled {
            // What cannot be read is begun anew.
            let text = (try? self.catalog.note(trigger.noteName)) ?? nil
            let last = text.flatMap(Int64.init).map { Date(timeIntervalSince1970: Double($0)) }
            let begin = last ?? self.now()
            self.times.withLock { $0[trigger.name] = begin }
        }
    }

    /// Starts the jobs whose time has come; what was missed counts once.
    private func startScheduled(at now: Date) async {
        for trigger in self.configuration.triggers {
            guard case .schedule(let schedule, let zone) = trigger.event,
                let last = self.times.withLock({ $0[trigger.name] }),
                let due = schedule.lastDue(after: last, upTo: now, in: zone)
            else { continue }
            self.times.withLock { $0[trigger.name] = due }
            do {
                try await self.catalog.keepNote(trigger.noteName, "\(Int64(due.timeIntervalSince1970))")
            } catch {
                self.logger.warning("the time of a trigger could not be kept", metadata: ["purser.error": "\(error)"])
            }
            let prefix = JobPrefix(bucket: trigger.bucket, prefix: trigger.prefix)
            var request = JobRequest(pipeline: trigger.pipeline, prefix: prefix)
            // Asked for again after a crash, it is the same job.
            request.idempotencyKey = "\(trigger.name) \(Int64(due.timeIntervalSince1970))"
            await self.start(trigger, request)
        }
    }

    private func start(_ trigger: ProcessingTrigger, _ request: JobRequest) async {
        var request = request
        request.parameters = trigger.parameters
        request.priority = trigger.priority
        request.trigger = trigger.name
        do {
            _ = try await self.submit(request)
        } catch {
            let message = (error as? any OperationFailure)?.failureMessage ?? "\(error)"
            self.onEvent(.triggerFailed(trigger: trigger.name, message: message))
            self.logger.warning(
                "a trigger could not start its job",
                metadata: ["purser.trigger": "\(trigger.name)", "purser.error": "\(message)"]
            )
        }
    }
}

extension ProcessingTrigger {
    fileprivate var isScheduled: Bool {
        if case .schedule = self.event { true } else { false }
    }

    /// Under which the catalog keeps the last time that was due.
    fileprivate var noteName: String { "trigger:\(self.name)" }
}
