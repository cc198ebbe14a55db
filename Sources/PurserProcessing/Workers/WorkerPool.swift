import Logging
import PurserBlobs
import PurserOperations
import Synchronization

/// The programs that are kept running for one step.
///
/// They are started at the same time when serving begins. Each works on one file at a time. One that ends by itself, or has
/// to be ended, is replaced; one without work ends after a while, and comes back with the next file. One that does not get
/// ready is tried again, ever more seldom; while none is ready and one failed to be, files are refused at once.
final class WorkerPool: Sendable {
    /// Programs of one step that run at the same time.
    static let maxWorkers = 3

    private struct State {
        var isServed = false
        var figures = WorkerFigures()
        var problem: StepFailure?
    }

    let configuration: ExecConfiguration
    let persistence: ExecConfiguration.Persistence
    let queue = WorkerQueue()
    private let state = Mutex(State())

    init(_ configuration: ExecConfiguration, _ persistence: ExecConfiguration.Persistence) {
        self.configuration = configuration
        self.persistence = persistence
    }

    /// How the programs do.
    var figures: WorkerFigures {
        var figures = self.state.withLock { $0.figures }
        figures.waiting = self.queue.count
        return figures
    }

    /// Why none of them works; `nil` where one does, or may.
    var unavailability: StepFailure? {
        self.state.withLock { $0.figures.ready == 0 ? $0.problem : nil }
    }

    /// Has a worker do a file.
    ///
    /// - Parameters:
    ///   - request: What is said to it.
    ///   - limits: What it may take; keeping its time is the caller's.
    ///   - progress: Where it tells how far it is.
    /// - Returns: What it found.
    /// - Throws: ``StepFailure``; `CancellationError`, when the worker is gone that had it.
    func ask(
        _ request: WorkerRequest,
        limits: StepLimits,
        progress: @escaping @Sendable (Double, String?) -> Void
    ) async throws -> [String: StepValue] {
        let job = WorkerJob(request, limits: limits, progress: progress)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                job.wait(continuation)
                if let refusal = self.refusal ?? (self.queue.add(job) ? nil : self.tooMany) {
                    job.finish(.failure(refusal))
                }
                // Serving may have ended, or the last worker failed, while it went into the queue.
                if let refusal = self.refusal { self.refuseAll(refusal) }
            }
        } onCancel: {
            self.queue.remove(job)
            job.cancel()
        }
    }

    /// Keeps the programs running until the task is cancelled.
    func serve(in folder: String, limits: StepLimits, with runner: ToolRunner) async {
        self.state.withLock { $0.isServed = true }
        // Used between two processes only.
        let disk = StepDisk(threads: DiskThreads(count: 1))
        await withTaskGroup(of: Void.self) { group in
            for number in 1...self.persistence.workers {
                let place = "\(folder)/worker-\(number)"
                let seat = WorkerSeat(self, runner, disk, folder: place, limits: limits)
                group.addTask { await seat.keep() }
            }
        }
        self.state.withLock { $0.isServed = false }
        self.refuseAll(self.notServed)
    }

    /// Notes that a program was started.
    func noteStart() {
        self.state.withLock { $0.figures.started += 1 }
    }

    /// Notes that a program is ready.
    func noteReady() {
        self.state.withLock { state in
            state.figures.ready += 1
            state.problem = nil
        }
    }

    /// Notes that a program that was ready is gone.
    func noteEnd(isLoss: Bool) {
        self.state.withLock { state in
            state.figures.ready -= 1
            if isLoss { state.figures.lost += 1 }
        }
    }

    /// Notes that a program did not get ready, and refuses what waits where there is no other.
    func noteFailure(_ failure: StepFailure) {
        self.state.withLock { state in
            state.figures.lost += 1
            state.problem = failure
        }
        if let refusal = self.refusal { self.refuseAll(refusal) }
    }

    private var refusal: StepFailure? {
        self.state.withLock { state in
            guard state.isServed else { return self.notServed }
            return state.figures.ready == 0 ? state.problem : nil
        }
    }

    private var notServed: StepFailure {
        StepFailure(
            "tool_unavailable",
            "the workers of '\(self.configuration.tool.program)' do not run",
            isTransient: true
        )
    }

    private var tooMany: StepFailure {
        StepFailure(
            "tool_unavailable",
            "too many files wait for the workers of '\(self.configuration.tool.program)'",
            isTransient: true
        )
    }

    private func refuseAll(_ failure: StepFailure) {
        for job in self.queue.removeAll() { job.finish(.failure(failure)) }
    }
}
