/// Steps that are done to a file, in an order.
public struct Pipeline: Sendable {
    /// What it is called: up to 64 small letters, digits, `-` and `_`.
    public var name: String
    /// Changes when its results do; a part of the key under which they are kept.
    public var version: String
    /// What it is for; one line.
    public var description: String
    /// Media types of the files that it takes, such as `application/pdf` or `image/*`; any where there are none.
    public var accepts: [String]
    /// The values that a job can give it.
    public var parameters: [PipelineParameter]
    /// The steps, each after those that it needs; steps that only stand in for others come last.
    public var steps: [PipelineStep]
    /// What is done about failures by their codes, over what the steps say.
    public var handlers: [String: FailureAction]
    /// Where its results go in the bucket of the source, without a slash at the end; the configured place where it is `nil`.
    public var outputPrefix: String?
    /// Whether its results go when their source does.
    public var removesWithSource: Bool
    /// The longest time for one file; none beside the configured one where it is `nil`.
    public var timeout: Duration?
    /// The file that it was read from; empty where there is none.
    public var file: String

    /// Describes a pipeline; what reads one from a file checks it too.
    public init(
        name: String,
        version: String,
        description: String = "",
        accepts: [String] = [],
        parameters: [PipelineParameter] = [],
        steps: [PipelineStep],
        handlers: [String: FailureAction] = [:],
        outputPrefix: String? = nil,
        removesWithSource: Bool = false,
        timeout: Duration? = nil,
        file: String = ""
    ) {
        self.name = name
        self.version = version
        self.description = description
        self.accepts = accepts
        self.parameters = parameters
        self.steps = steps
        self.handlers = handlers
        self.outputPrefix = outputPrefix
        self.removesWithSource = removesWithSource
        self.timeout = timeout
        self.file = file
    }
}

extension Pipeline {
    /// A step; `nil` where there is none of that name.
    public func step(_ name: String) -> PipelineStep? { self.steps.first { $0.name == name } }

    /// The steps that every file goes through, without those that stand in for others.
    public var ordinarySteps: [PipelineStep] { self.steps.filter { !$0.isFallback } }

    /// Bytes of memory that are reserved for a file: what the largest steps that can run together are expected to hold.
    public var memory: Int { self.sum(of: \.reserve) }

    /// Bytes of memory that a file may hold at most: those of the largest steps that can run together.
    public var memoryLimit: Int { self.sum(of: \.memory) }

    /// The programs that its steps run, each once; ``PipelineAvailability`` says which of them it can do without.
    public var tools: [Tool] {
        var seen: Set<Tool> = []
        return self.steps.flatMap(\.work.tools).filter { seen.insert($0).inserted }
    }

    /// Whether it takes files that their senders called so; any that came without a type or with a general one.
    public func accepts(_ contentType: String?) -> Bool {
        guard let contentType, !self.accepts.isEmpty else { return true }
        let type = contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        guard type != "application/octet-stream", !type.isEmpty else { return true }
        return self.accepts.contains { pattern in
            pattern.hasSuffix("/*") ? type.hasPrefix(pattern.dropLast()) : type == pattern
        }
    }

    /// What the largest steps take together that can run at the same time.
    private func sum(of bytes: (StepLimits) -> Int) -> Int {
        let largest = self.steps.map { bytes($0.limits) }.sorted(by: >).prefix(PipelineExecution.maxParallelSteps)
        // Steps that stand in a line never run together.
        guard !self.isLine else { return largest.first ?? 0 }
        return largest.reduce(0) { sum, bytes in
            let (total, isOver) = sum.addingReportingOverflow(bytes)
            return isOver ? .max : total
        }
    }

    /// Whether each ordinary step needs the one before it.
    private var isLine: Bool {
        let steps = self.ordinarySteps
        return zip(steps, steps.dropFirst()).allSatisfy { $1.needs.contains($0.name) }
    }
}
