import PurserMonitor

/// How operations went since the start: `GET /v1/performance`.
package struct PerformanceDocument: Codable, Sendable {
    package struct Summary: Codable, Sendable {
        package var totalOperations: UInt64
        @OrNull package var overallSuccessRatePercent: Double?
    }

    package struct Kind: Codable, Sendable {
        package var count: UInt64
        package var succeeded: UInt64
        package var failed: UInt64
        package var cancelled: UInt64
        package var timedOut: UInt64
        package var refused: UInt64
        @OrNull package var successRatePercent: Double?
        package var bytes: Int64
        @OrNull package var throughputBytesPerSecond: Double?
        package var durationSeconds: TimesDocument
        package var waitSeconds: TimesDocument
        @OrNull package var cpuSeconds: Double?
        package var highestMemoryReservedBytes: Int
        @OrNull package var highestChildResidentBytes: Int64?
        package var errors: [Failures]
    }

    package struct Failures: Codable, Sendable {
        package var code: String
        package var count: UInt64
        package var lastMessage: String
        package var lastAt: String
    }

    package var summary: Summary
    package var operations: [String: Kind]
    package var slowest: [FinishedOperationDocument]
}

extension PerformanceDocument {
    package init(_ performance: PerformanceSummary) {
        self.summary = Summary(
            totalOperations: performance.totalOperations,
            overallSuccessRatePercent: performance.successRatePercent
        )
        self.operations = Dictionary(
            uniqueKeysWithValues: performance.kinds.map { ($0.kind, Kind($0)) }
        )
        self.slowest = performance.slowest.map { FinishedOperationDocument($0) }
    }
}

extension PerformanceDocument.Kind {
    init(_ kind: KindSummary) {
        self.count = kind.count
        self.succeeded = kind.succeeded
        self.failed = kind.failed
        self.cancelled = kind.cancelled
        self.timedOut = kind.timedOut
        self.refused = kind.refused
        self.bytes = kind.bytes
        self.durationSeconds = TimesDocument(kind.duration)
        self.waitSeconds = TimesDocument(kind.wait)
        self.highestMemoryReservedBytes = kind.highestMemoryReserved
        self.errors = kind.errors.map { failures in
            PerformanceDocument.Failures(
                code: failures.code,
                count: failures.count,
                lastMessage: failures.lastMessage,
                lastAt: failures.lastAt.rfc3339
            )
        }
        self.successRatePercent = kind.successRatePercent
        self.throughputBytesPerSecond = kind.bytesPerSecond
        self.cpuSeconds = kind.cpuSeconds
        self.highestChildResidentBytes = kind.highestChildResidentBytes
    }
}
