import PurserOperations

/// What became of one step for one file.
public struct StepReport: Sendable, Hashable, Codable {
    /// The step.
    public var name: String
    /// How it ended.
    public var state: StepState
    /// Tries; 0 where it was not begun or its result was kept from before.
    public var attempts: Int
    /// From its first begin to its end, with pauses between tries.
    public var duration: Duration
    /// CPU time of the programs that it ran, as far as it was seen.
    public var cpuTime: Duration
    /// The most resident memory of a program that it ran, in bytes.
    public var peakMemory: Int
    /// Whether its result was kept from before.
    public var isCached: Bool
    /// What was done in its place, or what it did instead of what was planned; `nil` where all went as planned.
    public var fallback: String?
    /// Why it failed, also where something else was done in its place.
    public var error: FailureReport?
    /// The names of the first hundred files that it made to be kept.
    public var outputs: [String]
    /// What it found out.
    public var values: [String: StepValue]

    private enum CodingKeys: String, CodingKey {
        case name, state, attempts, fallback, error, outputs, values
        case duration = "duration_seconds"
        case cpuTime = "cpu_seconds"
        case peakMemory = "peak_memory_bytes"
        case isCached = "cached"
    }

    /// Describes a step.
    public init(
        _ name: String,
        _ state: StepState,
        attempts: Int = 0,
        duration: Duration = .zero,
        cpuTime: Duration = .zero,
        peakMemory: Int = 0,
        isCached: Bool = false,
        fallback: String? = nil,
        error: FailureReport? = nil,
        outputs: [String] = [],
        values: [String: StepValue] = [:]
    ) {
        self.name = name
        self.state = state
        self.attempts = attempts
        self.duration = duration
        self.cpuTime = cpuTime
        self.peakMemory = peakMemory
        self.isCached = isCached
        self.fallback = fallback
        self.error = error
        self.outputs = outputs
        self.values = values
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.name = try container.decode(String.self, forKey: .name)
        self.state = try container.decode(StepState.self, forKey: .state)
        self.attempts = try container.decode(Int.self, forKey: .attempts)
        self.duration = .seconds(try container.decode(Double.self, forKey: .duration))
        self.cpuTime = .seconds(try container.decode(Double.self, forKey: .cpuTime))
        self.peakMemory = try container.decode(Int.self, forKey: .peakMemory)
        self.isCached = try container.decode(Bool.self, forKey: .isCached)
        self.fallback = try container.decodeIfPresent(String.self, forKey: .fallback)
        self.error = try container.decodeIfPresent(FailureReport.self, forKey: .error)
        self.outputs = try container.decode([String].self, forKey: .outputs)
        self.values = try container.decode([String: StepValue].self, forKey: .values)
    }

    /// Writes it; durations are seconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.name, forKey: .name)
        try container.encode(self.state, forKey: .state)
        try container.encode(self.attempts, forKey: .attempts)
        try container.encode(self.duration.inSeconds, forKey: .duration)
        try container.encode(self.cpuTime.inSeconds, forKey: .cpuTime)
        try container.encode(self.peakMemory, forKey: .peakMemory)
        try container.encode(self.isCached, forKey: .isCached)
        try container.encodeIfPresent(self.fallback, forKey: .fallback)
        try container.encodeIfPresent(self.error, forKey: .error)
        try container.encode(self.outputs, forKey: .outputs)
        try container.encode(self.values, forKey: .values)
    }
}

/// How a step ended.
public enum StepState: String, Sendable, CaseIterable, Codable {
    /// It did its work, or its result was kept from before.
    case succeeded
    /// It failed, and something else did its work.
    case replaced
    /// It failed, and the file went on without it.
    case skipped
    /// It failed, and so did the file.
    case failed
    /// It was ended because the file had failed elsewhere or had taken too long.
    case cancelled
    /// It was not begun.
    case notRun = "not_run"
}
