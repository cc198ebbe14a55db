import PurserOperations
import Synchronization

/// What is said between Purser and one process of a worker.
final class WorkerTalk: Sendable {
    private struct State {
        var isReady = false
        var files = 0
        var stop: ProcessGroup.Stop?
        /// Whether there was nothing to do for long.
        var isIdle = false
        /// The file that the process was to do, or is at.
        var job: WorkerJob?
        /// Why it got no further with the file.
        var failure: StepFailure?
        var nextID: Int64 = 1
    }

    private enum Answer: Sendable {
        case values([String: StepValue])
        case failure(StepFailure)
        /// Nothing that makes sense, or nothing at all.
        case none
    }

    private let pool: WorkerPool
    private let runner: ToolRunner
    private let folder: String
    private let limits: StepLimits
    private let state: Mutex<State>

    init(_ pool: WorkerPool, _ runner: ToolRunner, folder: String, limits: StepLimits, _ first: WorkerJob?) {
        self.pool = pool
        self.runner = runner
        self.folder = folder
        self.limits = limits
        self.state = Mutex(State(job: first))
    }

    /// Waits until the process is ready, and then has it do files until there are none, or it is gone.
    func hold(with link: WorkerLink, _ group: ProcessGroup) async {
        var limits = self.limits
        limits.time = self.pool.persistence.startLimit
        limits.cpuTime = .seconds(1 << 30)
        let isReady = await self.watched(group, limits) {
            guard let line = await link.receive() else { return false }
            return WorkerMessage(line)?.ready == true
        }
        defer { self.state.withLock { $0.stop = group.stop } }
        guard isReady else { return group.stop(.dismissed) }
        self.state.withLock { $0.isReady = true }
        self.pool.noteReady()
        while let job = await self.nextJob() {
            guard await self.work(on: job, link, group) else { return }
            self.state.withLock { state in
                state.job = nil
                state.files += 1
            }
        }
        // Cancelled it is when the process has ended, or serving.
        if !Task.isCancelled { self.state.withLock { $0.isIdle = true } }
    }

    /// How the process ended.
    ///
    /// - Parameters:
    ///   - complaint: What it wrote to its standard error.
    ///   - isCancelled: Whether serving has ended.
    /// - Returns: The end.
    func end(_ complaint: String, isCancelled: Bool) -> WorkerSeat.End {
        let state = self.state.withLock { $0 }
        guard state.isReady else {
            return isCancelled ? .idle : .failed(self.notReady(complaint, state.stop))
        }
        if isCancelled || state.isIdle {
            self.pool.noteEnd(isLoss: false)
            return .idle
        }
        self.pool.noteEnd(isLoss: true)
        return state.job != nil ? .ended : .died(state.files)
    }

    /// Tells who waits for the file that the process did not finish.
    func finishFile(_ end: WorkerSeat.End) {
        let (job, stop, failure) = self.state.withLock { ($0.job.take(), $0.stop, $0.failure) }
        guard let job else { return }
        let program = "'\(self.pool.configuration.tool.program)'"
        switch (end, failure, stop) {
        case (.failed(let failure), _, _), (_, let failure?, _): job.finish(.failure(failure))
        case (_, nil, .dismissed?): job.finish(.failure(CancellationError()))
        case (_, nil, let stop?):
            job.finish(.failure(ToolEnd.failure(stop, program, limits: job.limits, maxOutput: WorkerLink.maxLine)))
        case (_, nil, nil): job.finish(.failure(self.died))
        }
    }

    private func nextJob() async -> WorkerJob? {
        if let first = self.state.withLock({ $0.job }) { return first }
        let timeline = self.runner.timeline
        let until = timeline.elapsed() + self.pool.persistence.idle
        let job = await withTaskGroup(of: WorkerJob?.self) { group in
            group.addTask { await self.pool.queue.take(isWarm: true) }
            group.addTask {
                // Cancelled or not: there is no file.
                try? await timeline.sleep(until)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            // A file may have come while the time ended.
            let second = await group.next() ?? nil
            return first ?? second
        }
        self.state.withLock { $0.job = job }
        return job
    }

    /// Has the process do a file.
    ///
    /// - Returns: `false` where the process must be replaced.
    private func work(on job: WorkerJob, _ link: WorkerLink, _ group: ProcessGroup) async -> Bool {
        guard job.begin(with: group) else { return true }
        var limits = job.limits
        // Whoever asked keeps the time. What the process used for earlier files is not this one's.
        limits.time = .seconds(1 << 30)
        let before = ProcessTable.usage(of: group.leader)
        limits.cpuTime += before?.time ?? .zero
        let id = self.state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        let answer = await self.watched(group, limits, job.account) { await self.exchange(id, job, link) }
        if let before, let after = ProcessTable.usage(of: group.leader) {
            job.usage?.add(cpuTime: after.time - before.time, peakMemory: after.memory)
        }
        guard job.leave(), group.stop == nil else {
            group.stop(.dismissed)
            return false
        }
        switch answer {
        case .values(let values): job.finish(.success(values))
        case .failure(let failure): job.finish(.failure(failure))
        case .none:
            self.state.withLock { $0.failure = $0.failure ?? self.died }
            group.stop(.dismissed)
            return false
        }
        return true
    }

    private func exchange(_ id: Int64, _ job: WorkerJob, _ link: WorkerLink) async -> Answer {
        var request = job.request
        request.id = id
        guard let line = try? request.line() else {
            return .failure(StepFailure("invalid_parameter", "the parameters cannot be given to a worker"))
        }
        guard await link.send(line) else { return .none }
        while let line = await link.receive() {
            guard let message = WorkerMessage(line), message.id == id else { return self.nonsense() }
            if let failure = message.error { return .failure(StepFailure(failure)) }
            if let values = message.values { return .values(values) }
            guard let progress = message.progress, progress.isFinite else { return self.nonsense() }
            job.progress(min(max(progress, 0), 1), message.message.map { String($0.prefix(200)) })
        }
        return .none
    }

    private func nonsense() -> Answer {
        let program = self.pool.configuration.tool.program
        let failure = StepFailure("worker_failed", "a worker '\(program)' answered what is no answer; look at its code")
        self.state.withLock { $0.failure = failure }
        return .none
    }

    /// Does something while the process is watched.
    private func watched<Value: Sendable>(
        _ group: ProcessGroup,
        _ limits: StepLimits,
        _ account: MemoryAccount? = nil,
        _ body: @escaping @Sendable () async -> Value
    ) async -> Value {
        let (timeline, begin) = (self.runner.timeline, self.runner.timeline.elapsed())
        let watch = ToolWatch(
            limits,
            folder: self.folder,
            freeSpaceFloor: self.runner.freeSpaceFloor,
            timeline,
            self.runner.sampler,
            account
        )
        async let _ = watch.watch(group, since: begin)
        // Leaving the scope cancels the watch, and waits for it.
        return await body()
    }

    private var died: StepFailure {
        let program = self.pool.configuration.tool.program
        return StepFailure("worker_died", "a worker '\(program)' ended at its work; try again", isTransient: true)
    }

    private func notReady(_ complaint: String, _ stop: ProcessGroup.Stop?) -> StepFailure {
        let program = self.pool.configuration.tool.program
        let why =
            stop == .time
            ? "it was not ready within \(self.pool.persistence.startLimit)"
            : "it ended, or said something else than that it is ready"
        let said = complaint.split(whereSeparator: \.isNewline).last.map { ": \($0.prefix(300))" } ?? ""
        return StepFailure(
            "tool_unavailable",
            "a worker '\(program)' did not start: \(why)\(said)",
            isTransient: true,
            severity: .critical
        )
    }
}
