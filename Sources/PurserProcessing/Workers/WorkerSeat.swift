import Logging
import PurserOperations
import Synchronization

/// The place of one worker of a pool: starts processes one after the other, and has each do files.
struct WorkerSeat: Sendable {
    /// How a process ended.
    enum End: Sendable {
        /// There was nothing to do, or serving ended.
        case idle
        /// It was ended for what a file made it do.
        case ended
        /// It ended by itself, after so many files.
        case died(Int)
        /// It did not get ready.
        case failed(StepFailure)
    }

    private let pool: WorkerPool
    private let runner: ToolRunner
    private let disk: StepDisk
    private let folder: String
    private let limits: StepLimits

    init(_ pool: WorkerPool, _ runner: ToolRunner, _ disk: StepDisk, folder: String, limits: StepLimits) {
        self.pool = pool
        self.runner = runner
        self.disk = disk
        self.folder = folder
        self.limits = limits
    }

    /// Keeps a worker until the task is cancelled.
    func keep() async {
        var failures = 0
        var isWanted = true
        while !Task.isCancelled {
            var first: WorkerJob?
            if !isWanted {
                first = await self.pool.queue.take(isWarm: false)
                guard first != nil else { return }
            }
            switch await self.run(first) {
            case .idle: (failures, isWanted) = (0, false)
            case .ended: (failures, isWanted) = (0, true)
            case .died(let files): (failures, isWanted) = (files > 0 ? 1 : failures + 1, true)
            case .failed: (failures, isWanted) = (failures + 2, true)
            }
            await self.pause(after: failures)
        }
    }

    /// The first process that dies is replaced at once; after that it takes from a second to a minute.
    private func pause(after failures: Int) async {
        guard failures > 1 else { return }
        let seconds = min(60, 1 << min(failures - 2, 6))
        // A task that is cancelled stops right after.
        try? await self.runner.timeline.sleep(self.runner.timeline.elapsed() + .seconds(seconds))
    }

    private func run(_ first: WorkerJob?) async -> End {
        let talk = WorkerTalk(self.pool, self.runner, folder: self.folder, limits: self.limits, first)
        let end: End
        do {
            // What the one before it left is none of its business, and takes room.
            try await self.disk.makeEmptyFolder(self.folder)
            let process = WorkerProcess(tool: self.tool, plan: try await self.plan(), timeline: self.runner.timeline)
            self.pool.noteStart()
            let complaint = try await process.run { await talk.hold(with: $0, $1) }
            end = talk.end(complaint, isCancelled: Task.isCancelled)
        } catch let failure as StepFailure {
            end = .failed(failure)
        } catch {
            end = .idle
        }
        if case .failed(let failure) = end {
            self.runner.logger.warning(
                "a worker did not get ready",
                metadata: ["purser.tool": "\(self.tool.program)", "purser.error.code": "\(failure.code)"]
            )
            self.pool.noteFailure(failure)
        }
        // Whoever waits for the file need not wait for the folder as well.
        talk.finishFile(end)
        await self.disk.removeFolder(self.folder)
        return end
    }

    private var tool: Tool { self.pool.configuration.tool }

    private func plan() async throws -> ProcessPlan {
        let found = try await self.runner.toolbox.find(self.tool)
        let configuration = self.pool.configuration
        // Without places, which persistent programs do not have, a template is its own text.
        func text(_ template: ExecTemplate) -> String { template.beginning ?? "" }
        var limits = self.limits
        // It works for hours: what a file may take is watched file by file.
        limits.cpuTime = .seconds(1 << 30)
        var command = ToolCommand(
            self.tool,
            configuration.arguments.map(text),
            in: self.folder,
            limits: limits,
            environment: configuration.environment.mapValues(text)
        )
        command.addressSpace = configuration.addressSpace
        return try self.runner.toolbox.plan(command, at: found.path)
    }
}
