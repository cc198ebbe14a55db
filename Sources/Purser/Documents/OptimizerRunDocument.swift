package import PurserOptimizer

/// A run of the optimizer: `GET /v1/optimizer/runs/{id}`.
package struct OptimizerRunDocument: Codable, Sendable {
    /// What a strategy did.
    package struct Strategy: Codable, Sendable {
        package var filesExamined: Int64
        package var filesProcessed: Int64
        package var bytesBefore: Int64
        package var bytesAfter: Int64
        package var spaceSavedBytes: Int64
        package var durationSeconds: Double
        package var cpuSeconds: Double
        package var errors: [String: Int64]
        package var findings: [String: Int64]
        @OrNull package var failure: String?
    }

    package var id: String
    package var operationId: String
    package var state: String
    package var trigger: String
    package var dryRun: Bool
    package var startedAt: String
    @OrNull package var endedAt: String?
    package var filesProcessed: Int64
    package var spaceSavedBytes: Int64
    package var strategies: [String: Strategy]
    @OrNull package var error: String?

    package init(_ report: RunReport) {
        self.id = report.id
        self.operationId = report.operationID
        self.state = report.state.rawValue
        self.trigger = report.trigger.rawValue
        self.dryRun = report.isDryRun
        self.startedAt = report.startedAt.rfc3339
        self.filesProcessed = report.filesProcessed
        self.spaceSavedBytes = report.spaceSavedBytes
        self.strategies = report.strategies.mapValues { Strategy($0) }
        self.endedAt = report.endedAt?.rfc3339
        self.error = report.error
    }
}

extension OptimizerRunDocument.Strategy {
    init(_ report: StrategyReport) {
        self.filesExamined = report.filesExamined
        self.filesProcessed = report.filesProcessed
        self.bytesBefore = report.bytesBefore
        self.bytesAfter = report.bytesAfter
        self.spaceSavedBytes = report.spaceSavedBytes
        self.durationSeconds = report.durationSeconds
        self.cpuSeconds = report.cpuSeconds
        self.errors = report.errors
        self.findings = report.findings
        self.failure = report.failure
    }
}

/// A page of runs: `GET /v1/optimizer/runs`.
package struct OptimizerRunListDocument: Codable, Sendable {
    package var runs: [OptimizerRunDocument]
    @OrNull package var nextCursor: String?

    /// Describes a page; one that is full has a next one, which may be empty.
    package init(_ reports: [RunReport], limit: Int) {
        self.runs = reports.map { OptimizerRunDocument($0) }
        self.nextCursor = reports.count == limit ? reports.last?.id : nil
    }
}
