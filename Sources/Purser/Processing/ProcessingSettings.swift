public import PurserProcessing

/// Everything that can be set of jobs, of what they run, and of what they keep.
public struct ProcessingSettings: Sendable {
    /// `processing.enabled`: whether jobs are run here; those that are asked for wait where they are not.
    public var isEnabled = true
    /// Files of jobs: how many at a time, how long, what is kept of them, and which jobs start by themselves.
    public var jobs = ProcessingConfiguration()
    /// `processing.cache.*`: results that are kept, so that the same work is not done twice.
    public var cache = ResultCacheConfiguration()
    /// `processing.pipelines`: the folder whose files `*.yaml` are pipelines; none where it is `nil`.
    public var folder: String?
    /// Pipelines beside those of the folder; one takes the place of another with its name.
    public var pipelines: [Pipeline] = []
    /// The kinds of steps that pipelines of the folder can use.
    public var kinds = StepKinds.builtIn
    /// `processing.path`: the folders in which programs are looked up, in order.
    public var path = ["/usr/local/bin", "/usr/bin", "/bin"]
    /// `processing.breaker.failures`: how many times one after the other a program may fail by its own fault, before
    /// nobody runs it for a while.
    public var breakerFailures = 5
    /// `processing.breaker.pause`: for how long nobody then does.
    public var breakerPause = Duration.seconds(30)
    /// `processing.allow_private_urls`: whether callbacks may go to this machine, and to networks that are not public.
    public var allowsPrivateURLs = false

    /// Takes the defaults, without any pipeline.
    public init() {}

    /// Reads the pipelines of the folder; blocking.
    ///
    /// - Returns: Those of the folder, and ``pipelines``.
    /// - Throws: `PipelineProblems`, all that there are.
    func library() throws(PipelineProblems) -> PipelineLibrary {
        guard let folder else { return PipelineLibrary(self.pipelines) }
        let library = PipelineLibrary(folder: folder, kinds: self.kinds)
        guard library.problems.isEmpty else { throw PipelineProblems(problems: library.problems) }
        let own = Set(self.pipelines.map(\.name))
        return PipelineLibrary(library.pipelines.filter { !own.contains($0.name) } + self.pipelines)
    }
}
