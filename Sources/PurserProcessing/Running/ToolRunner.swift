public import Logging
import PurserOperations

/// Runs programs under limits.
///
/// Each run is a session and a process group of its own, started through util-linux's `prlimit`, with no descriptor but its
/// three, no shell, and an environment that is given to it as a whole. Time is limited exactly; CPU time, the size of a
/// file and core dumps by the kernel, for each process; memory, processes and CPU time together by looking at the group:
/// the system has no such limits for a group without a delegated cgroup. Between two looks a program can go beyond them.
///
/// However a run ends, nothing is left of it when it returns: the group is killed as a whole, before its leader is reaped,
/// and so are processes that left the group but carry the run's mark in their environment. Output that a leader left in a
/// pipe is read; what others go on writing there is not waited for.
public final class ToolRunner: Sendable {
    /// Where programs are looked up.
    public let toolbox: Toolbox
    let freeSpaceFloor: Int64
    let timeline: Timeline
    let sampler: GroupSampler
    private let breakers: ToolBreakers
    let logger: Logger

    /// Makes one.
    ///
    /// - Parameters:
    ///   - toolbox: Where programs are looked up.
    ///   - freeSpaceFloor: Bytes of disk that programs must leave free where they run.
    ///   - breakerThreshold: How many times one after the other a program may fail by its own fault, before nobody runs it
    ///     for a while.
    ///   - breakerPause: For how long nobody then does.
    ///   - clock: Measures time limits, and tells when to look at memory.
    ///   - logger: Gets what programs did that they should not.
    public init(
        toolbox: Toolbox,
        freeSpaceFloor: Int64 = 64 << 20,
        breakerThreshold: Int = 5,
        breakerPause: Duration = .seconds(30),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.toolbox = toolbox
        self.freeSpaceFloor = freeSpaceFloor
        self.timeline = Timeline(clock)
        self.sampler = GroupSampler(self.timeline)
        self.breakers = ToolBreakers(self.timeline, threshold: breakerThreshold, pause: breakerPause)
        self.logger = logger
    }

    /// Runs a program until it has ended, and nothing is left of it.
    ///
    /// Cancelling the task sends SIGTERM to the program and all of its group, and SIGKILL half a second later.
    ///
    /// - Parameter command: What to run.
    /// - Returns: How it ended, also where that was badly, or by a signal of its own.
    /// - Throws: ``StepFailure``: `tool_missing`, `tool_unavailable` where it failed too often, `tool_failed_to_start`,
    ///   `invalid_argument`, `input_unreadable`, and, where it was ended, `timed_out`, `memory_exceeded`,
    ///   `too_many_processes`, `output_too_large`, `file_too_large`, `disk_full`; `CancellationError`.
    @concurrent
    public func run(_ command: ToolCommand) async throws -> ToolResult {
        let found = try await self.toolbox.find(command.tool)
        let execution = ToolExecution(
            command: command,
            plan: try self.toolbox.plan(command, at: found.path),
            freeSpaceFloor: self.freeSpaceFloor,
            timeline: self.timeline,
            sampler: self.sampler
        )
        return try await self.breakers.guarding(command.tool.program) {
            try await execution.run()
        }
    }

    /// How the programs do that were run, in the order of their names.
    public var figures: [ToolFigures] { self.breakers.figures }
}
