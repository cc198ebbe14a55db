import Glibc
import PurserOperations
import Subprocess

/// One process of a worker, from its start until nothing is left of it.
struct WorkerProcess: Sendable {
    /// How long one may take to end by itself when nothing more comes.
    private static let grace = Duration.milliseconds(500)

    private enum Part: Sendable {
        case complaint(ToolComplaint)
        case ended
        case served
    }

    var tool: Tool
    var plan: ProcessPlan
    var timeline: Timeline

    /// Runs it for as long as the body talks with it.
    ///
    /// A worker that ends by itself cancels the body's task.
    ///
    /// - Parameter body: Talks with it, until there is no more to say.
    /// - Returns: What it wrote to its standard error.
    /// - Throws: ``StepFailure`` where it did not start.
    func run(_ body: @escaping @Sendable (WorkerLink, ProcessGroup) async -> Void) async throws -> String {
        Self.ignoreBrokenPipes
        let configuration = try self.plan.configuration()
        let (leader, complaint): (Int32, ToolComplaint)
        do {
            let ended = try await Subprocess.run(
                configuration,
                input: .inputWriter,
                output: .sequence,
                error: .sequence
            ) { execution in
                await self.serve(execution, body)
            }
            (leader, complaint) = ended.closureResult
        } catch let error as SubprocessError {
            throw ToolEnd.startFailure(self.tool, error)
        }
        await ProcessGroup.settle(leader)
        return complaint.text
    }

    private func serve(
        _ execution: Execution<CustomWriteInput, SequenceOutput, SequenceOutput>,
        _ body: @escaping @Sendable (WorkerLink, ProcessGroup) async -> Void
    ) async -> (Int32, ToolComplaint) {
        let group = ProcessGroup(execution.processIdentifier)
        let link = WorkerLink(execution.standardInputWriter, execution.standardOutput)
        var complaint = ToolComplaint()
        await withTaskGroup(of: Part.self) { tasks in
            tasks.addTask { .complaint(await Self.read(execution.standardError)) }
            tasks.addTask {
                _ = await group.end(self.plan.mark)
                return .ended
            }
            tasks.addTask {
                await body(link, group)
                await link.close()
                // A task that is cancelled has no time to give.
                try? await self.timeline.sleep(self.timeline.elapsed() + Self.grace)
                group.stop(.dismissed)
                return .served
            }
            for await part in tasks {
                switch part {
                case .complaint(let said): complaint = said
                case .ended: tasks.cancelAll()
                case .served: break
                }
            }
        }
        return (group.leader, complaint)
    }

    private static func read(_ sequence: SubprocessOutputSequence) async -> ToolComplaint {
        var complaint = ToolComplaint()
        var chunks = sequence.makeAsyncIterator()
        // A pipe that cannot be read any more has nothing more to say.
        while let chunk = try? await chunks.next() {
            chunk.withUnsafeBytes { complaint.take($0) }
        }
        return complaint
    }

    /// Writing to a worker that is gone shall be an error, and not the end of this process.
    ///
    /// That is a setting of the whole process, which NIO makes as well; who has chosen something else is left alone.
    private static let ignoreBrokenPipes: Void = {
        var present = sigaction()
        guard sigaction(SIGPIPE, nil, &present) == 0, present.__sigaction_handler.sa_handler == nil else { return }
        signal(SIGPIPE, SIG_IGN)
    }()
}
