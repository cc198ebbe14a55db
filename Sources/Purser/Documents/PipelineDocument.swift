import PurserProcessing

/// A pipeline: one of `GET /v1/pipelines`.
package struct PipelineDocument: Codable, Sendable {
    /// A value that a job can give it.
    package struct Parameter: Codable, Sendable {
        package var name: String
        package var type: String
        @OrNull package var `default`: StepValue?
        @OrNull package var minimum: Double?
        @OrNull package var maximum: Double?
        package var choices: [String]
    }

    /// A step of it.
    package struct Step: Codable, Sendable {
        package var name: String
        package var uses: String
        package var needs: [String]
        package var weight: Double
        package var onError: String
        @OrNull package var fallback: String?
        /// Whether it runs only in the place of another.
        package var standIn: Bool
        package var timeLimitSeconds: Double
        package var memoryLimitBytes: Int
        package var memoryReservedBytes: Int
        package var attempts: Int
        package var tools: [String]
    }

    package var name: String
    package var version: String
    package var description: String
    package var state: String
    @OrNull package var reason: String?
    package var warnings: [String]
    package var accepts: [String]
    package var parameters: [Parameter]
    package var steps: [Step]
    @OrNull package var outputPrefix: String?
    package var removesWithSource: Bool
    @OrNull package var timeoutSeconds: Double?

    package init(_ status: PipelineStatus) {
        let pipeline = status.pipeline
        self.name = pipeline.name
        self.version = pipeline.version
        self.description = pipeline.description
        self.state = status.unavailableReason == nil ? "available" : "unavailable"
        self.warnings = status.warnings
        self.accepts = pipeline.accepts
        self.parameters = pipeline.parameters.map { Parameter($0) }
        self.steps = pipeline.steps.map { Step($0) }
        self.removesWithSource = pipeline.removesWithSource
        self.reason = status.unavailableReason
        self.outputPrefix = pipeline.outputPrefix
        self.timeoutSeconds = pipeline.timeout?.exactSeconds
    }
}

extension PipelineDocument.Parameter {
    init(_ parameter: PipelineParameter) {
        self.name = parameter.name
        self.type = parameter.kind.rawValue
        self.choices = parameter.choices
        self.default = parameter.fallback
        self.minimum = parameter.minimum
        self.maximum = parameter.maximum
    }
}

extension PipelineDocument.Step {
    init(_ step: PipelineStep) {
        self.name = step.name
        self.uses = step.uses
        self.needs = step.needs
        self.weight = step.weight
        self.standIn = step.isFallback
        self.timeLimitSeconds = step.limits.time.exactSeconds
        self.memoryLimitBytes = step.limits.memory
        self.memoryReservedBytes = step.limits.reserve
        self.attempts = step.retry.attempts
        self.tools = step.work.tools.map(\.program)
        switch step.onError {
        case .fail: (self.onError, self.fallback) = ("fail", nil)
        case .skip: (self.onError, self.fallback) = ("skip", nil)
        case .fallback(let name): (self.onError, self.fallback) = ("fallback", name)
        }
    }
}

/// All pipelines: `GET /v1/pipelines`.
package struct PipelineListDocument: Codable, Sendable {
    package var pipelines: [PipelineDocument]

    package init(_ pipelines: [PipelineStatus]) {
        self.pipelines = pipelines.map { PipelineDocument($0) }
    }
}
