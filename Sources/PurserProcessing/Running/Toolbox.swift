public import Logging
import Glibc
import PurserOperations
import Synchronization

/// The programs of the system, each looked up and asked for its version once.
///
/// A program that was replaced since is asked again, and one that was missing is looked for again after some seconds, so
/// that installing a package needs no restart.
public final class Toolbox: Sendable {
    /// A program that was found.
    public struct FoundTool: Sendable, Hashable {
        /// Its absolute path.
        public var path: String
        /// What it says about its version, in one line, or else what tells its file from others.
        public var version: String
    }

    private struct Entry {
        var identity: FileIdentity
        var found: FoundTool
    }

    private static let limiter = Tool("prlimit", package: "util-linux")
    private static let maxVersion = 200

    /// The folders that are searched, in order: `processing.path`.
    public let path: [String]
    private let timeline: Timeline
    private let sampler: GroupSampler
    private let versionLimit: Duration
    private let logger: Logger
    private let owner: String?
    private let entries = Mutex<[Tool: Entry]>([:])

    /// Makes one that knows nothing yet.
    ///
    /// - Parameters:
    ///   - path: The folders to search, in order; only absolute ones are.
    ///   - versionLimit: How long a program may take to print its version.
    ///   - owner: Whom what runs belongs to, letters and digits: the same for each process that opens the same store, so
    ///     that one can end what another left when it was killed.
    ///   - clock: Measures that.
    ///   - logger: Gets what programs did not answer.
    public init(
        path: [String] = ["/usr/local/bin", "/usr/bin", "/bin"],
        versionLimit: Duration = .seconds(5),
        owner: String? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.path = path.filter { $0.hasPrefix("/") }
        self.versionLimit = versionLimit
        self.timeline = Timeline(clock)
        self.sampler = GroupSampler(self.timeline)
        self.owner = owner
        self.logger = logger
    }

    /// Looks a program up.
    ///
    /// - Parameter tool: The program.
    /// - Returns: Where it is, and its version.
    /// - Throws: ``StepFailure`` `tool_missing`, naming the package that brings it.
    @concurrent
    public func find(_ tool: Tool) async throws(StepFailure) -> FoundTool {
        guard let (path, identity) = self.locate(tool) else { throw Self.missing(tool) }
        let known = self.entries.withLock { $0[tool] }
        if let known, known.identity == identity, known.found.path == path { return known.found }
        let version = await self.version(tool, at: path)
        let found = FoundTool(path: path, version: version ?? identity.description)
        // A question that was broken off says nothing that should be remembered.
        if !Task.isCancelled {
            self.entries.withLock { $0[tool] = Entry(identity: identity, found: found) }
        }
        return found
    }

    /// Those of some programs that are not there.
    public func missing(of tools: [Tool]) -> [Tool] {
        tools.filter { self.locate($0) == nil }
    }

    /// Ends the programs that an earlier process with the same owner left running when it was killed.
    ///
    /// To be called when nobody else can have programs running for the owner, and before any is run.
    ///
    /// - Returns: How many processes were ended.
    @concurrent
    public func endLeftovers() async -> Int {
        guard let owner else { return 0 }
        let count = ProcessMark.killLeftovers(of: owner)
        if count > 0 {
            self.logger.notice("ended programs of an earlier run", metadata: ["purser.processes": "\(count)"])
        }
        return count
    }

    /// What to say about a program that is not there.
    public static func missing(_ tool: Tool) -> StepFailure {
        let advice = tool.package.map { "install the package '\($0)' (apt install \($0))" } ?? "install it"
        return StepFailure(
            "tool_missing",
            "there is no program '\(tool.program)': \(advice), or set processing.path",
            severity: .critical
        )
    }

    /// The environment that each program gets where its step says nothing else.
    func environment(in folder: String) -> [String: String] {
        ["PATH": self.path.joined(separator: ":"), "LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder]
    }

    /// Everything that starting a command takes.
    ///
    /// - Parameters:
    ///   - command: What to run.
    ///   - program: Where the program is.
    /// - Returns: The plan.
    /// - Throws: ``StepFailure`` `tool_missing` where the limits cannot be set.
    func plan(_ command: ToolCommand, at program: String) throws(StepFailure) -> ProcessPlan {
        guard let (limiter, _) = self.locate(Self.limiter) else { throw Self.missing(Self.limiter) }
        return ProcessPlan(
            limiter: limiter,
            program: program,
            arguments: command.arguments,
            environment: self.environment(in: command.folder).merging(command.environment) { $1 },
            folder: command.folder,
            limits: command.limits,
            addressSpace: command.addressSpace,
            mark: ProcessMark(owner: self.owner)
        )
    }

    private func locate(_ tool: Tool) -> (path: String, identity: FileIdentity)? {
        let candidates = tool.program.hasPrefix("/") ? [tool.program] : self.path.map { "\($0)/\(tool.program)" }
        // A name is no path: what contains a slash, or nothing, is not searched for.
        guard tool.program.hasPrefix("/") || !(tool.program.isEmpty || tool.program.contains("/")) else { return nil }
        for candidate in candidates {
            if let identity = FileIdentity(program: candidate) { return (candidate, identity) }
        }
        return nil
    }

    private func version(_ tool: Tool, at path: String) async -> String? {
        guard !tool.versionArguments.isEmpty else { return nil }
        let limits = StepLimits(time: self.versionLimit, cpuTime: self.versionLimit, memory: 512 << 20, fileSize: 0)
        let command = ToolCommand(tool, tool.versionArguments, in: "/", limits: limits, maxOutput: 16 << 10)
        do {
            let execution = ToolExecution(
                command: command,
                plan: try self.plan(command, at: path),
                freeSpaceFloor: 0,
                timeline: self.timeline,
                sampler: self.sampler
            )
            let result = try await execution.run()
            return Self.firstLine(String(decoding: result.output, as: UTF8.self)) ?? Self.firstLine(result.complaint)
        } catch {
            self.logger.debug(
                "a program does not tell its version",
                metadata: ["purser.tool": "\(tool.program)", "error": "\(error)"]
            )
            return nil
        }
    }

    private static func firstLine(_ text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).lazy
        return lines.map { $0.filter { !$0.isNewline } }.first { $0.contains { !$0.isWhitespace } }
            .map { String($0.prefix(Self.maxVersion)) }
    }
}
