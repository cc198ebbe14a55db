import Glibc
import PurserOperations
import Subprocess
import Synchronization
import SystemPackage

/// One run of a program from its start until nothing is left of it.
struct ToolExecution: Sendable {
    /// What pipes may hold when the leader has ended, at most.
    ///
    /// Whatever comes after that many bytes was written by others, which are killed.
    private static let maxRest = 1 << 20

    private enum Part: Sendable {
        case output(ToolOutput)
        case complaint(ToolComplaint)
        case ended(ProcessUsage?)
        case watched
    }

    /// What came out of it, apart from how it ended.
    struct Gathered: Sendable {
        var output: ToolOutput
        var complaint = ToolComplaint()
        var usage: ProcessUsage?
        var stop: ProcessGroup.Stop?
        var elapsed = Duration.zero
        var leader: Int32 = 0
    }

    var command: ToolCommand
    var plan: ProcessPlan
    var freeSpaceFloor: Int64
    var timeline: Timeline
    var sampler: GroupSampler

    /// Runs it.
    ///
    /// - Returns: How it ended.
    /// - Throws: ``StepFailure`` where it did not start, or took too much; `CancellationError`.
    func run() async throws -> ToolResult {
        try Task.checkCancellation()
        let watch = ToolWatch(
            self.command.limits,
            folder: self.command.folder,
            freeSpaceFloor: self.freeSpaceFloor,
            self.timeline,
            self.sampler,
            MemoryAccount.current
        )
        let begin = self.timeline.elapsed()
        let (gathered, status) = try await self.start { execution in
            await self.gather(execution, watch, since: begin)
        }
        await ProcessGroup.settle(gathered.leader)
        let result = self.result(gathered, status, watch.seen)
        StepUsage.current?.add(cpuTime: result.cpuTime, peakMemory: result.peakMemory)
        try Task.checkCancellation()
        if let failure = ToolEnd.failure(self.command, result, gathered.stop) { throw failure }
        return result
    }

    private typealias Running = Execution<FileDescriptorInput, SequenceOutput, SequenceOutput>

    private func start(
        _ body: (Running) async -> Gathered
    ) async throws -> (Gathered, TerminationStatus) {
        let configuration = try self.plan.configuration()
        let input = try self.openInput()
        do {
            let ended = try await Subprocess.run(
                configuration,
                input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                output: .sequence,
                error: .sequence,
                body: body
            )
            return (ended.closureResult, ended.terminationStatus)
        } catch let error as SubprocessError {
            throw ToolEnd.startFailure(self.command.tool, error)
        }
    }

    private func openInput() throws(StepFailure) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(self.command.input ?? "/dev/null"),
                .readOnly,
                options: .closeOnExec
            )
        } catch {
            throw StepFailure("input_unreadable", "the input of '\(self.command.tool.program)' cannot be opened")
        }
    }

    private func gather(_ execution: Running, _ watch: ToolWatch, since begin: Duration) async -> Gathered {
        let group = ProcessGroup(execution.processIdentifier)
        var gathered = Gathered(output: ToolOutput(limit: self.command.maxOutput, progress: nil), leader: group.leader)
        await withTaskGroup(of: Part.self) { tasks in
            tasks.addTask { .output(await self.readOutput(execution.standardOutput, group)) }
            tasks.addTask { .complaint(await self.readComplaint(execution.standardError, group)) }
            tasks.addTask {
                await watch.watch(group, since: begin)
                return .watched
            }
            tasks.addTask { .ended(await group.end(self.plan.mark)) }
            for await part in tasks {
                switch part {
                case .output(let output): gathered.output = output
                case .complaint(let complaint): gathered.complaint = complaint
                case .watched: break
                case .ended(let usage):
                    gathered.usage = usage
                    gathered.elapsed = self.timeline.elapsed() - begin
                    // The readers still take what lies in the pipes, and no longer wait for more.
                    tasks.cancelAll()
                }
            }
        }
        gathered.stop = group.stop
        return gathered
    }

    private func readOutput(_ sequence: SubprocessOutputSequence, _ group: ProcessGroup) async -> ToolOutput {
        var output = ToolOutput(limit: self.command.maxOutput, progress: self.command.progress)
        await Self.read(sequence, group) { chunk in
            output.take(chunk)
            if self.command.isOutputStrict, output.isCut { group.stop(.output) }
        }
        output.finish()
        return output
    }

    private func readComplaint(_ sequence: SubprocessOutputSequence, _ group: ProcessGroup) async -> ToolComplaint {
        var complaint = ToolComplaint()
        await Self.read(sequence, group) { complaint.take($0) }
        return complaint
    }

    /// Reads to the end: the program never waits for its reader.
    private static func read(
        _ sequence: SubprocessOutputSequence,
        _ group: ProcessGroup,
        _ take: (UnsafeRawBufferPointer) -> Void
    ) async {
        var rest = Self.maxRest
        var chunks = sequence.makeAsyncIterator()
        while rest > 0 {
            // A pipe that cannot be read any more has nothing more to say; how the program ended is told elsewhere.
            guard let chunk = try? await chunks.next() else { return }
            chunk.withUnsafeBytes { take($0) }
            if group.isOver { rest -= chunk.count }
        }
    }

    private func result(_ gathered: Gathered, _ status: TerminationStatus, _ seen: ToolWatch.Sight) -> ToolResult {
        let (code, signal) = ToolEnd.code(of: status)
        return ToolResult(
            code: code,
            signal: signal,
            output: gathered.output.bytes,
            outputBytes: gathered.output.count,
            complaint: gathered.complaint.text,
            cpuTime: max(seen.cpuTime, gathered.usage?.time ?? .zero),
            peakMemory: seen.peakMemory,
            elapsed: gathered.elapsed
        )
    }
}
