/// What a step may use while it works on one file.
public struct StepContext: Sendable {
    /// A folder of the step's own, empty at first; it goes with the job's file.
    public var folder: String
    /// What it may take; tools get no more than this.
    public var limits: StepLimits
    /// Runs programs under limits.
    public var runner: ToolRunner
    /// Tells this step on this file of this job from all others; the same when it is tried again, also after a restart.
    ///
    /// Empty where it is run outside of a job.
    public var identity: String
    /// Tells how far it is, from 0 to 1, and what it does.
    public var progress: @Sendable (_ fraction: Double, _ message: String?) -> Void

    /// Describes the surroundings.
    public init(
        folder: String,
        limits: StepLimits,
        runner: ToolRunner,
        identity: String = "",
        progress: @escaping @Sendable (_ fraction: Double, _ message: String?) -> Void = { _, _ in }
    ) {
        self.folder = folder
        self.limits = limits
        self.runner = runner
        self.identity = identity
        self.progress = progress
    }
}

/// What one step may take for one file.
public struct StepLimits: Sendable, Hashable {
    /// Time from its begin to its end, all tries of its tools together.
    public var time: Duration
    /// CPU time of a tool.
    public var cpuTime: Duration
    /// Bytes of memory that a tool and its children may hold, as resident; what holds more is ended.
    public var memory: Int
    /// Bytes of memory that are reserved beforehand, as they are expected to be held; more is reserved where it is needed.
    public var reserve: Int
    /// Bytes of one file that a tool may write.
    public var fileSize: Int64
    /// Processes at the same time, as far as they can be counted.
    public var processes: Int

    /// Sets limits.
    ///
    /// - Parameters:
    ///   - time: From its begin to its end.
    ///   - cpuTime: CPU time of a tool.
    ///   - memory: Bytes that may be held.
    ///   - reserve: Bytes that are reserved beforehand; a quarter of the memory where it is `nil`.
    ///   - fileSize: Bytes of one file that a tool may write.
    ///   - processes: Processes at the same time.
    public init(
        time: Duration = .seconds(60),
        cpuTime: Duration = .seconds(60),
        memory: Int = 256 << 20,
        reserve: Int? = nil,
        fileSize: Int64 = 1 << 30,
        processes: Int = 16
    ) {
        self.time = time
        self.cpuTime = cpuTime
        self.memory = memory
        self.reserve = reserve ?? memory / Self.reserveShare
        self.fileSize = fileSize
        self.processes = processes
    }

    /// The part of the memory that is reserved where nothing else is said: few programs take what they may.
    static let reserveShare = 4
}
