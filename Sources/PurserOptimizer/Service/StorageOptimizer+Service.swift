import PurserStore
public import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserOperations
public import ServiceLifecycle
import Synchronization

extension StorageOptimizer: Service {
    /// How often it looks at the schedule and at the disk.
    static let tickInterval = Duration.seconds(30)

    /// Goes on with a run that was cut off, does what ``start(_:)`` started, and starts runs by itself.
    ///
    /// Returns when the task is cancelled or the service is shut down; a run that is under way then goes on at the next
    /// start.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await self.resume()
                    await self.startByItself()
                }
                group.addTask {
                    for await _ in self.bell {
                        guard let started = self.inbox.withLock({ $0.take() }) else { continue }
                        await self.finishInBackground(started)
                    }
                }
                await group.waitForAll()
            }
        }
        let left = self.inbox.withLock { inbox in
            inbox.close()
            return inbox.take()
        }
        guard let left else { return }
        // Begun and never done: it goes on at the next start, as any that was cut off.
        self.endTurn(left.journal.document.report.id)
        left.operation.finish(.failure(OperationError(.shuttingDown, "the run goes on at the next start")))
    }

    /// When the next run of the schedule starts; `nil` where none does.
    public var nextRunAt: Date? {
        guard self.configuration.isEnabled else { return nil }
        return self.times.withLock { $0 }.next(self.configuration.schedule)
    }

    /// Goes on with a run that was cut off by a crash or a stop; one that changed nothing ends as failed.
    func resume() async {
        do {
            guard let kept = try self.catalog.runningRun() else { return }
            try self.takeTurn(kept.id)
            do {
                try await self.resume(kept)
            } catch {
                self.endTurn(kept.id)
                throw error
            }
        } catch {
            self.logger.error("a run that was cut off could not go on", metadata: ["purser.error": "\(error)"])
        }
    }

    private func resume(_ kept: KeptRun) async throws {
        guard var document = try? RunDocument(text: kept.document),
            let id = try? OperationID(document.report.operationID),
            !document.report.isDryRun
        else {
            try await self.fail(kept)
            self.endTurn(kept.id)
            return
        }
        // The figures were written down before the crash by up to a second; the audit trail is exact.
        for (name, figures) in try self.catalog.removalFigures(ofRun: kept.id) {
            document.adopt(figures, of: name)
        }
        let sources = (document.repairPlaces ?? []).compactMap { RepairSource(at: $0) }
        self.logger.notice("run goes on after it was cut off", metadata: ["purser.operation.id": "\(id)"])
        await self.finishInBackground(try self.register(document, id, sources))
    }

    /// Ends a run that cannot go on, with the figures that it had.
    private func fail(_ kept: KeptRun) async throws {
        var kept = kept
        if var document = try? RunDocument(text: kept.document) {
            document.report.state = .failed
            document.report.error = "the run was cut off"
            document.report.endedAt = self.now()
            kept.document = try document.text()
        }
        kept.state = RunState.failed.rawValue
        try await self.catalog.keep(kept)
    }

    private func startByItself() async {
        guard self.configuration.isEnabled else { return }
        self.begin()
        while !Task.isCancelled {
            await self.tick()
            do {
                try await self.clock.sleep(Self.tickInterval)
            } catch {
                return  // cancelled
            }
        }
    }

    /// Takes up the schedule where the last process left it.
    func begin() {
        let ingested = self.store.ingestedBytes.count
        // What cannot be read is begun anew.
        let text = (try? self.catalog.note(RunTimes.name)) ?? nil
        let lastDue = text.flatMap(Int64.init).map { Date(timeIntervalSince1970: Double($0)) }
        self.times.withLock { times in
            times.lastDue = lastDue ?? self.now()
            times.position = self.random()
            times.ingestedBytes = ingested
        }
    }

    /// Starts the run whose time has come, if any, and returns when it has ended.
    func tick() async {
        let level = self.watchSpace()
        // Whatever it does, it is not what would begin now: that keeps its turn.
        guard self.current.withLock({ $0 == nil }) else { return }
        let now = self.now()
        let random = self.random()
        let ingested = self.store.ingestedBytes.count
        let schedule = self.configuration.schedule
        let trigger = self.times.withLock { times -> RunTrigger? in
            let isRested =
                times.lowSpaceRunAt.map { now.timeIntervalSince($0) >= RunTimes.lowSpacePause.inSeconds } ?? true
            if level == .critical, schedule.onLowSpace, isRested {
                times.lowSpaceRunAt = now
                return .lowSpace
            }
            if times.takeTurn(schedule, at: now, random: random) { return .schedule }
            guard let limit = schedule.afterIngest, ingested - times.ingestedBytes >= limit else { return nil }
            return .ingest
        }
        guard let trigger else { return }
        self.times.withLock { $0.ingestedBytes = ingested }
        var request = RunRequest()
        request.trigger = trigger
        do {
            if trigger == .schedule, let due = self.times.withLock({ $0.lastDue }) {
                try await self.catalog.keepNote(RunTimes.name, "\(Int64(due.timeIntervalSince1970))")
            }
            guard !self.configuration.enabledStrategies.isEmpty else { return }
            try await self.startInBackground(request)
        } catch let error as OptimizerError where error.code == .runInProgress {
            // Somebody asked for one a moment ago.
        } catch {
            self.note(error)
        }
    }

    /// - Returns: How full the store is.
    private func watchSpace() -> SpaceLevel {
        do {
            let use = try self.use()
            let (level, change) = self.watch.withLock { watch in
                let change = watch.update(use.percent)
                return (watch.level, change)
            }
            if let change { self.onEvent(.spaceLevel(change, used: use.used, of: use.of)) }
            return level
        } catch {
            self.logger.warning("disk could not be measured", metadata: ["purser.error": "\(error)"])
            return .ok
        }
    }

    private func startInBackground(_ request: RunRequest) async throws {
        _ = try await self.start(request)
    }

    private func finishInBackground(_ started: StartedRun) async {
        do {
            _ = try await self.finish(started, onCancel: .shutdown)
        } catch {
            self.note(error)
        }
    }

    private func note(_ error: any Error) {
        guard !endsRun(error) else { return }
        self.logger.error("optimizer run failed", metadata: ["purser.error": "\(error)"])
    }
}

extension RunDocument {
    /// Takes the removals of a strategy from the audit trail, in the place of those that the report has counted.
    ///
    /// What else the strategy did stays counted. Of what was removed and not counted, the bytes before are those that it
    /// released.
    fileprivate mutating func adopt(_ figures: RemovalOutcome, of strategy: String) {
        guard var report = self.report.strategies[strategy] else { return }
        let exact = RemovalFigures(files: figures.files, released: figures.released)
        // Older versions did not tell removals from other work.
        let least = RemovalFigures(
            files: min(report.filesProcessed, exact.files),
            released: min(report.spaceSavedBytes, exact.released)
        )
        let counted = self.removals.map { $0[strategy] ?? RemovalFigures() } ?? least
        report.filesProcessed += exact.files - counted.files
        report.spaceSavedBytes += exact.released - counted.released
        report.bytesBefore += exact.released - counted.released
        self.report.strategies[strategy] = report
        self.removals = (self.removals ?? [:]).merging([strategy: exact]) { $1 }
    }
}
