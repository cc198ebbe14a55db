package import PurserProcessing

/// What a job did: `GET /v1/jobs/{id}/report`.
package struct ProcessingReportDocument: Codable, Sendable {
    /// A file, by its name.
    package struct File: Codable, Sendable {
        package var bucket: String
        package var key: String
    }

    /// Why a file or a step has no result.
    package struct Failure: Codable, Sendable {
        @OrNull package var step: String?
        package var code: String
        package var message: String
        package var severity: String
        package var recoverable: Bool

        init(_ failure: FailureReport) {
            self.code = failure.code
            self.message = failure.message
            self.severity = failure.severity.rawValue
            self.recoverable = failure.isRecoverable
            self.step = failure.step
        }
    }

    /// What became of a step.
    package struct Step: Codable, Sendable {
        package var name: String
        package var state: String
        package var attempts: Int
        package var durationSeconds: Double
        package var cpuSeconds: Double
        package var peakMemoryBytes: Int
        package var cached: Bool
        @OrNull package var fallback: String?
        @OrNull package var error: Failure?
        package var outputs: [String]
        package var values: [String: StepValue]
    }

    /// What became of a file.
    package struct Item: Codable, Sendable {
        package var bucket: String
        package var key: String
        package var state: String
        @OrNull package var error: Failure?
        package var steps: [Step]
        package var outputs: [File]
        package var cached: Bool
        package var durationSeconds: Double
        @OrNull package var endedAt: String?
    }

    package var job: ProcessingJobDocument
    package var items: [Item]
    @OrNull package var nextCursor: String?

    package init(_ report: JobReport) {
        self.job = ProcessingJobDocument(report.job)
        self.items = report.items.map { Item($0) }
        self.nextCursor = report.next.map { "\($0)" }
    }
}

extension ProcessingReportDocument.Item {
    init(_ item: JobItemReport) {
        self.bucket = item.bucket.text
        self.key = item.key.text
        self.state = item.state.rawValue
        self.steps = item.steps.map { ProcessingReportDocument.Step($0) }
        self.outputs = item.outputs.map { ProcessingReportDocument.File(bucket: $0.bucket.text, key: $0.key.text) }
        self.cached = item.isCached
        self.durationSeconds = item.duration.exactSeconds
        self.error = item.error.map { ProcessingReportDocument.Failure($0) }
        self.endedAt = item.endedAt?.rfc3339
    }
}

extension ProcessingReportDocument.Step {
    init(_ step: StepReport) {
        self.name = step.name
        self.state = step.state.rawValue
        self.attempts = step.attempts
        self.durationSeconds = step.duration.exactSeconds
        self.cpuSeconds = step.cpuTime.exactSeconds
        self.peakMemoryBytes = step.peakMemory
        self.cached = step.isCached
        self.outputs = step.outputs
        self.values = step.values
        self.fallback = step.fallback
        self.error = step.error.map { ProcessingReportDocument.Failure($0) }
    }
}
