/// A program to run, with all that it gets.
public struct ToolCommand: Sendable {
    /// What to run.
    public var tool: Tool
    /// Its arguments, passed as they are: no shell reads them.
    public var arguments: [String]
    /// Its environment; `PATH`, `LANG`, `HOME` and `TMPDIR` (both the folder) are added where they are missing.
    ///
    /// A variable `PURSER_RUN` is added too: by it, processes are found that the program left behind.
    public var environment: [String: String]
    /// Where it runs: a folder that it may write to.
    public var folder: String
    /// The file that it reads as its standard input; nothing where there is none.
    public var input: String?
    /// What it may take.
    public var limits: StepLimits
    /// Bytes of virtual memory that each of its processes may have; only few programs can live with such a limit.
    public var addressSpace: Int?
    /// Bytes of standard output that are kept; more than that is an error `output_too_large` where ``isOutputStrict``.
    public var maxOutput: Int
    /// Whether output beyond the limit ends the program with an error, rather than being read and dropped.
    public var isOutputStrict: Bool
    /// Where lines of the progress protocol go: `::progress FRACTION MESSAGE`, taken out of standard output.
    ///
    /// Where there is nothing, such lines are output like others.
    public var progress: (@Sendable (_ fraction: Double, _ message: String?) -> Void)?

    /// Describes a run.
    public init(
        _ tool: Tool,
        _ arguments: [String],
        in folder: String,
        limits: StepLimits,
        environment: [String: String] = [:],
        input: String? = nil,
        maxOutput: Int = 1 << 20,
        isOutputStrict: Bool = false,
        progress: (@Sendable (_ fraction: Double, _ message: String?) -> Void)? = nil
    ) {
        self.tool = tool
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.input = input
        self.limits = limits
        self.maxOutput = maxOutput
        self.isOutputStrict = isOutputStrict
        self.progress = progress
    }
}

/// What a program did that ended by itself, well or not.
public struct ToolResult: Sendable {
    /// Its exit code; 128 and the signal's number where a signal ended it.
    public var code: Int32
    /// The signal that ended it, where one did.
    public var signal: Int32?
    /// What it wrote to its standard output, from the beginning.
    public var output: [UInt8]
    /// Bytes that it wrote to its standard output in all.
    public var outputBytes: Int64
    /// The beginning and the end of what it wrote to its standard error, at most 4 KiB.
    public var complaint: String
    /// CPU time of it and its children, as far as it was seen.
    public var cpuTime: Duration
    /// The highest resident memory of its process group that was seen, in bytes.
    public var peakMemory: Int
    /// From its start to its end.
    public var elapsed: Duration

    /// Whether it ended well.
    public var isSuccess: Bool { self.code == 0 && self.signal == nil }

    /// Describes an end.
    public init(
        code: Int32,
        signal: Int32? = nil,
        output: [UInt8] = [],
        outputBytes: Int64 = 0,
        complaint: String = "",
        cpuTime: Duration = .zero,
        peakMemory: Int = 0,
        elapsed: Duration = .zero
    ) {
        self.code = code
        self.signal = signal
        self.output = output
        self.outputBytes = outputBytes
        self.complaint = complaint
        self.cpuTime = cpuTime
        self.peakMemory = peakMemory
        self.elapsed = elapsed
    }
}
