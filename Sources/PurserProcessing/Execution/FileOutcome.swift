import PurserOperations

/// How a pipeline ended for one file.
public struct FileOutcome: Sendable, Hashable, Codable {
    /// How it ended.
    public var state: FileState
    /// Why it did not succeed; `nil` where it did.
    public var error: FailureReport?
    /// Whether the whole job is to end.
    public var abortsJob: Bool
    /// What became of each step, in the order of the pipeline.
    public var steps: [StepReport]
    /// The files that are to be kept, each where it lies in the folder of the file; their names are different.
    ///
    /// Empty where the file did not succeed.
    public var outputs: [StepFile]
    /// Whether there was nothing to do, as all results were kept from before.
    public var isCached: Bool
    /// The time that it took.
    public var duration: Duration

    private enum CodingKeys: String, CodingKey {
        case state, error, steps, outputs
        case abortsJob = "aborts_job"
        case isCached = "cached"
        case duration = "duration_seconds"
    }

    /// Describes an end.
    public init(
        state: FileState,
        error: FailureReport? = nil,
        abortsJob: Bool = false,
        steps: [StepReport] = [],
        outputs: [StepFile] = [],
        isCached: Bool = false,
        duration: Duration = .zero
    ) {
        self.state = state
        self.error = error
        self.abortsJob = abortsJob
        self.steps = steps
        self.outputs = outputs
        self.isCached = isCached
        self.duration = duration
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.state = try container.decode(FileState.self, forKey: .state)
        self.error = try container.decodeIfPresent(FailureReport.self, forKey: .error)
        self.abortsJob = try container.decode(Bool.self, forKey: .abortsJob)
        self.steps = try container.decode([StepReport].self, forKey: .steps)
        self.outputs = try container.decode([StepFile].self, forKey: .outputs)
        self.isCached = try container.decode(Bool.self, forKey: .isCached)
        self.duration = .seconds(try container.decode(Double.self, forKey: .duration))
    }

    /// Writes it; durations are seconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.state, forKey: .state)
        try container.encodeIfPresent(self.error, forKey: .error)
        try container.encode(self.abortsJob, forKey: .abortsJob)
        try container.encode(self.steps, forKey: .steps)
        try container.encode(self.outputs, forKey: .outputs)
        try container.encode(self.isCached, forKey: .isCached)
        try container.encode(self.duration.inSeconds, forKey: .duration)
    }
}

/// How a file ended.
public enum FileState: String, Sendable, CaseIterable, Codable {
    /// All that had to be done was done.
    case succeeded
    /// A step failed.
    case failed
    /// Nothing is to be done with the file, as a handler said.
    case skipped
    /// The file is bad and to be moved away.
    case quarantined
    /// It took too long, or a step did.
    case timedOut = "timed_out"
}
