package import PurserOperations

/// An operation that has ended, with what it took: `GET /v1/performance/operations`.
package struct FinishedOperationDocument: Codable, Sendable {
    package struct Failure: Codable, Sendable {
        package var code: String
        package var message: String
    }

    package struct ResidentBytes: Codable, Sendable {
        package var atStart: Int64
        package var atEnd: Int64
        package var highest: Int64
    }

    package var id: String
    package var kind: String
    package var name: String
    package var state: String
    package var isRefused: Bool
    package var createdAt: String
    package var endedAt: String
    package var waitSeconds: Double
    package var durationSeconds: Double
    package var bytes: Int64
    package var memoryReservedBytes: Int
    package var diskReservedBytes: Int64
    package var stageSeconds: [String: Double]
    @OrNull package var cpuSeconds: Double?
    @OrNull package var childrenMaxResidentBytes: Int64?
    @OrNull package var memoryResidentBytes: ResidentBytes?
    package var metadata: [String: String]
    @OrNull package var error: Failure?

    package init(_ report: OperationReport) {
        self.id = report.id.description
        self.kind = report.kind
        self.name = report.name
        self.state = report.state.rawValue
        self.isRefused = report.isRefused
        self.createdAt = report.createdAt.rfc3339
        self.endedAt = report.endedAt.rfc3339
        self.waitSeconds = report.waited.exactSeconds
        self.durationSeconds = report.held.exactSeconds
        self.bytes = report.bytes
        self.memoryReservedBytes = report.memoryReserved
        self.diskReservedBytes = report.diskReserved
        self.stageSeconds = Dictionary(
            uniqueKeysWithValues: report.stages.all.map { ($0.stage.rawValue, $0.duration.exactSeconds) }
        )
        self.metadata = report.metadata
        self.cpuSeconds = report.cpuTime?.exactSeconds
        self.childrenMaxResidentBytes = report.childrenMaxResidentBytes
        self.memoryResidentBytes = report.residentBytes.map {
            ResidentBytes(atStart: $0.atStart, atEnd: $0.atEnd, highest: $0.highest)
        }
        self.error = report.error.map { Failure(code: $0.code, message: $0.message) }
    }
}
