import Foundation
import Logging
import PurserMonitor
import PurserOperations
import PurserProcessing
import PurserStore
import Synchronization

extension ServiceMonitor {
    /// Takes in a look at the machine.
    func note(_ figures: MachineFigures) async {
        let now = self.now()
        let (before, seconds, traffic) = self.state.withLock { state in
            let before = (figures: state.figures, received: state.received, sent: state.sent)
            let seconds = state.lookedAt.map { now.timeIntervalSince($0) }
            state.figures = figures
            state.lookedAt = now
            (state.received, state.sent) = (self.traffic.received, self.traffic.sent)
            let traffic = (received: state.received - before.received, sent: state.sent - before.sent)
            return (before.figures, seconds, traffic)
        }
        self.record(figures)
        if let seconds, seconds > 0 {
            self.recordRate(.diskIO, "read", figures.diskReadBytes, before.diskReadBytes, seconds)
            self.recordRate(.diskIO, "write", figures.diskWrittenBytes, before.diskWrittenBytes, seconds)
            self.operations.performance.record(.networkIO, Double(traffic.received) / seconds, subject: "received")
            self.operations.performance.record(.networkIO, Double(traffic.sent) / seconds, subject: "sent")
        }
        if let resident = figures.memory.resident { self.operations.resident.note(resident, at: now) }
        self.recordUse()
        await self.heed(figures.memory)
        await self.noteGrowth(at: now)
    }

    private func record(_ figures: MachineFigures) {
        let performance = self.operations.performance
        if let cpu = figures.cpu.process { performance.record(.cpuUsage, cpu) }
        if let resident = figures.memory.resident { performance.record(.memoryUsage, Double(resident)) }
        if let open = figures.openDescriptors, let limit = figures.descriptorLimit, limit > 0 {
            performance.record(.descriptorUtilization, Double(open) / Double(limit) * 100)
        }
        if let available = figures.diskAvailableBytes, let whole = figures.diskBytes, whole > 0 {
            performance.record(.diskFree, Double(available) / Double(whole) * 100)
        }
    }

    private func recordRate(
        _ metric: BuiltInMetric,
        _ direction: String,
        _ bytes: Int64?,
        _ before: Int64?,
        _ seconds: Double
    ) {
        guard let bytes, let before, bytes >= before else { return }
        self.operations.performance.record(metric, Double(bytes - before) / seconds, subject: direction)
    }

    /// How much of what there is to be had is in use.
    private func recordUse() {
        let performance = self.operations.performance
        let use = self.resources.metrics()
        performance.record(.slotUtilization, Double(use.active) / Double(max(1, use.limit)) * 100)
        performance.record(
            .memoryReservation,
            Double(use.memoryReserved) / Double(max(1, use.memoryBudget)) * 100
        )
        let capacity = self.resources.configuration.queueCapacity
        performance.record(.queueUtilization, capacity > 0 ? Double(use.queued) / Double(capacity) * 100 : 0)
    }

    /// Does what the level of memory asks for.
    private func heed(_ memory: MemoryFigures) async {
        let (crossings, level) = self.state.withLock { ($0.levels.update(memory), $0.levels.level) }
        guard !crossings.isEmpty else { return }
        self.resources.setPressure(level.admission)
        for crossing in crossings { self.tell(crossing) }
        guard crossings.contains(where: \.isEntered) else { return }
        self.store.dropCaches()
        self.pipelines.cache.dropMemory()
        MemoryTrim.trim()
        _ = await self.scratch.cleanUp()
    }

    private func tell(_ crossing: MemoryCrossing) {
        guard let alert = EventAlert(crossing.level) else { return }
        let metadata: Logger.Metadata = [
            "purser.level": "\(crossing.level.rawValue)", "purser.memory.bytes": "\(crossing.bytes)",
            "purser.memory.threshold": "\(crossing.threshold)",
        ]
        guard crossing.isEntered else {
            self.alerts.clear(alert, because: "memory is back at \(crossing.bytes) bytes")
            self.logger.notice("level of memory left", metadata: metadata)
            return
        }
        let message = "the process holds \(crossing.bytes) bytes of memory"
        self.alerts.raise(
            AlertEvent(
                alert,
                message: message,
                value: Double(crossing.bytes),
                threshold: Double(crossing.threshold)
            )
        )
        self.logger.warning("level of memory entered", metadata: metadata)
    }

    private func noteGrowth(at now: Date) async {
        do {
            let totals = try self.store.totals()
            let whole = try self.store.configuration.quota ?? self.store.space().diskBytes
            if whole > 0 {
                let percent = min(100, Double(totals.physicalBytes) / Double(whole) * 100)
                self.operations.performance.record(.storeUtilization, percent)
            }
            try await self.growth.note(totals, at: now)
        } catch {
            // Read-only, full or closing: the figures go on in memory, and the alerts on those say so.
            self.logger.debug("growth not noted", metadata: ["purser.error": "\(error)"])
        }
    }
}

extension EventAlert {
    /// The alert of a level of memory; `nil` for the normal one.
    init?(_ level: MemoryLevel) {
        switch level {
        case .normal: return nil
        case .elevated: self = .memoryElevated
        case .warning: self = .memoryWarning
        case .critical: self = .memoryCritical
        case .exhausted: self = .memoryExhausted
        }
    }
}
