import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import Synchronization

extension StorageOptimizer {
    /// Does a run that was begun, ends its operation, and writes down how it ended.
    ///
    /// A run that is cut off by the stop of the service stays as it is, to go on at the next start.
    ///
    /// - Parameters:
    ///   - started: The run; its turn ends with this.
    ///   - reason: Why it is cancelled where the task is.
    /// - Returns: The report.
    /// - Throws: `OperationError` `.shuttingDown`; `StoreError` where the report could not be written down.
    func finish(_ started: StartedRun, onCancel reason: CancellationReason) async throws -> RunReport {
        defer { self.endTurn(started.journal.document.report.id) }
        let operation = started.operation
        // Not a child task: the operation cancels it, and decides whether it can be. It is awaited on the next lines.
        let task = Task { try await self.execute(started) }
        operation.onCancel { _ in task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            // Ended meanwhile: then there is nothing to stop any more.
            try? operation.cancel(reason)
        }
        do {
            // Not a child task either: how the run ended is written down, cancelled or not.
            let report = try await Task { try await self.settle(started, result) }.value
            operation.finish(Self.outcome(of: report, result))
            return report
        } catch {
            operation.finish(.failure(error))
            throw StoreError.surfaced(error)
        }
    }

    /// Gives a run up that was begun and will not be done.
    func abandon(_ started: StartedRun) async throws {
        defer { self.endTurn(started.journal.document.report.id) }
        let error = OperationError(.shuttingDown, "the optimizer has stopped")
        defer { started.operation.finish(.failure(error)) }
        _ = try await self.settle(started, .failure(CancellationError()))
    }

    private func execute(_ started: StartedRun) async throws {
        let operation = started.operation
        let document = started.journal.document
        operation.setSteps(try self.steps(of: document))
        try operation.start()
        let forecast = Forecast(countingIn: self.configuration.sizeLimit.limitedBuckets, of: self.catalog)
        for strategy in document.pending {
            operation.begin(strategy.rawValue)
            try await self.execute(strategy, started, forecast)
            started.journal.update { document in
                document.pending.removeAll { $0 == strategy }
                document.positions[strategy.rawValue] = nil
            }
            try await started.journal.save()
        }
    }

    private func execute(_ strategy: StrategyName, _ started: StartedRun, _ forecast: Forecast) async throws {
        let began = self.clock.elapsed()
        let pace = self.pace(for: started)
        let document = started.journal.document
        let context = RunContext(
            strategy: strategy,
            store: self.store,
            configuration: self.configuration,
            operation: started.operation,
            pace: pace,
            journal: started.journal,
            forecast: forecast,
            isDryRun: document.report.isDryRun,
            verifiesAll: document.verifiesAll,
            repairSources: started.repairSources,
            hasLostSources: started.repairSources.count < document.repairPlaces?.count ?? 0,
            reencode: self.reencode,
            isAlive: { [tracker] id in tracker.operation(id).map { !$0.state.isFinal } ?? false },
            now: self.now,
            onEvent: self.onEvent,
            logger: self.logger
        )
        defer {
            let duration = self.clock.elapsed() - began
            context.report { report in
                report.durationSeconds += duration.inSeconds
                report.cpuSeconds += pace.cpuTime.inSeconds
            }
        }
        do {
            try await self.store.inBackground {
                try await pace.withSlots { try await strategy.strategy.run(context) }
            }
        } catch  where !endsRun(error) && !Task.isCancelled {
            let code = failureCode(of: error)
            context.report { $0.failure = code }
            self.logger.error(
                "optimizer strategy failed",
                metadata: [
                    "purser.optimizer.strategy": "\(strategy.rawValue)", "purser.error": "\(error)",
                    "purser.operation.id": "\(started.operation.id)",
                ]
            )
        }
    }

    private func pace(for started: StartedRun) -> RunPace {
        let schedule = self.configuration.schedule
        let now = self.now
        // Whoever asks for a run wants it now.
        let window = started.journal.document.report.trigger == .request ? nil : schedule.window
        return RunPace(
            operation: started.operation,
            resources: self.resources,
            clock: self.clock,
            throttle: self.configuration.throttle,
            now: now,
            opening: {
                guard let window, !window.contains(now(), in: schedule.timeZone) else { return nil }
                return window.nextOpening(from: now(), in: schedule.timeZone)
            }
        )
    }

    /// The strategies with what each is likely to take, from counters alone.
    private func steps(of document: RunDocument) throws -> [OperationStep] {
        let totals = try self.catalog.totals()
        let files = Double(totals.files) / 10_000
        let seconds = { (bytes: Int64) in Double(bytes) / 64_000_000 }
        return document.pending.map { strategy in
            let weight =
                switch strategy {
                case .age, .sizeLimit: files
                case .deduplication: 2 * files + 1
                case .compression: seconds(totals.physicalBytes) * 2
                case .collection: seconds(totals.reclaimableBytes) / 10
                case .verification: seconds(totals.physicalBytes) / (document.verifiesAll ? 1 : 30)
                }
            return OperationStep(strategy.rawValue, weight: weight + 0.1)
        }
    }

    /// Decides how the run ended, and writes it down.
    private func settle(_ started: StartedRun, _ result: Result<Void, any Error>) async throws -> RunReport {
        let reason = started.operation.cancellationReason
        if case .failure(let error) = result, Self.isStop(error, reason) {
            try await started.journal.save()
            throw OperationError(.shuttingDown, "the run goes on at the next start")
        }
        let now = self.now()
        started.journal.update { document in
            document.report.endedAt = now
            Self.end(&document.report, result, reason)
        }
        let report = started.journal.document.report
        if !report.isDryRun {
            started.journal.note(SavedBytes.name, try SavedBytes.load(self.catalog).adding(report).text())
        }
        // Before anybody can see that it has ended: the next may begin at once. The catalog refuses one that is too early.
        self.endTurn(report.id)
        try await started.journal.save()
        self.forecasts.withLock { $0 = nil }
        await self.forget()
        self.onEvent(.runEnded(report))
        return report
    }

    private static func isStop(_ error: any Error, _ reason: CancellationReason?) -> Bool {
        if let reason { return reason == .shutdown }
        return (error as? OperationError)?.code == .shuttingDown
    }

    private static func end(_ report: inout RunReport, _ result: Result<Void, any Error>, _ reason: CancellationReason?)
    {
        switch result {
        case .success:
            let failed = report.strategies.filter { $0.value.failure != nil }.keys.sorted()
            report.state = failed.isEmpty ? .succeeded : .failed
            report.error = failed.isEmpty ? nil : "ended early: \(failed.joined(separator: ", "))"
        case .failure(let error):
            let isCancelled =
                reason == .requested || reason == .disconnected || reason == nil && error is CancellationError
            report.state = isCancelled ? .cancelled : .failed
            report.error = isCancelled ? "the run was cancelled" : failureCode(of: error)
        }
    }

    private static func outcome(of report: RunReport, _ result: Result<Void, any Error>) -> Result<Void, any Error> {
        guard case .success = result, report.state == .failed else { return result }
        return .failure(FailedRun(message: report.error ?? "the run failed"))
    }

    /// Forgets old reports and entries of the audit trail.
    private func forget() async {
        do {
            try await self.catalog.forgetRuns(keeping: self.configuration.keptRuns)
            let limit = self.now() - self.configuration.removalsKeptFor.inSeconds
            let batch = 1_000
            while try await self.catalog.forgetRemovals(
                before: limit,
                keeping: self.configuration.keptRemovals,
                limit: batch
            ) == batch {}
        } catch {
            // The next run tries again.
            self.logger.warning("old reports of runs could not be removed", metadata: ["purser.error": "\(error)"])
        }
    }
}

/// A run in which a strategy ended early.
private struct FailedRun: OperationFailure {
    var failureCode: String { "run_failed" }
    var failureMessage: String { self.message }
    let message: String
}
