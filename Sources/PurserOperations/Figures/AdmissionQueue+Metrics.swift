extension AdmissionQueue {
    /// The figures for the outside.
    func metrics(diskReserved: Int64, at now: Duration) -> ResourceMetrics {
        var kinds: [OperationKind: KindMetrics] = [:]
        for kind in OperationKind.allCases {
            let figures = self.figures.kinds[kind.index]
            kinds[kind] = KindMetrics(
                counts: figures.counts,
                active: self.activeByKind[kind.index],
                wait: figures.wait.summary,
                hold: figures.hold.summary
            )
        }
        return ResourceMetrics(
            active: self.active,
            queued: self.waiters.count,
            limit: self.limit,
            pressure: self.pressure,
            activeHighWater: self.figures.activeHighWater,
            queuedHighWater: self.figures.queuedHighWater,
            memoryReserved: self.memoryHeld,
            memoryHighWater: self.figures.memoryHighWater,
            memoryBudget: self.configuration.memoryBudget,
            diskReserved: diskReserved,
            servedPerSecond: self.serviceRate.rate(at: now),
            counts: self.figures.kinds.reduce(AdmissionCounts()) { $0 + $1.counts },
            kinds: kinds
        )
    }
}
