/// A step that keeps programs running between files, as they take long to start.
///
/// Whoever runs pipelines runs ``serve(in:limits:with:)`` beside them, once for each such step.
public protocol ResidentStep: ProcessingStep {
    /// Whether it keeps anything running; where not, nobody has to serve it.
    var isResident: Bool { get }

    /// Why it cannot work now; `nil` where it can, or where that is not known yet.
    var unavailability: StepFailure? { get }

    /// How its programs do.
    var workers: WorkerFigures { get }

    /// Keeps the programs running until the task is cancelled; nothing of them is left then.
    ///
    /// - Parameters:
    ///   - folder: A folder of its own, which goes with it.
    ///   - limits: What the programs may take; time is that for one file.
    ///   - runner: Knows where programs are, and measures.
    @concurrent
    func serve(in folder: String, limits: StepLimits, with runner: ToolRunner) async
}

/// How the programs do that are kept running for a step.
public struct WorkerFigures: Sendable, Hashable {
    /// Those that are ready for work, or at it.
    public var ready = 0
    /// How many were started, ever.
    public var started = 0
    /// How many ended without being told to, or had to be ended.
    public var lost = 0
    /// Files that wait for one.
    public var waiting = 0

    /// None.
    public init() {}
}
