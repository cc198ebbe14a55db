import Foundation
import NIOCore
import Synchronization

/// A few threads for calls that block on the disk.
///
/// ``run(_:)`` takes whole loops of a task there, without a hop per call. What waits there for anything but the disk lets
/// its thread go. Work is begun in the order in which it came.
public final class DiskThreads: TaskExecutor {
    /// Threads that run.
    public let count: Int
    private let queue = Queue()
    private let moves = Atomic(0)

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - count: How many, at least one. More than the disk can serve at once only wait there instead of here.
    ///   - isBackground: Whether they give way to all others where the processor is busy.
    public init(count: Int = 8, isBackground: Bool = false) {
        precondition(count > 0, "at least one thread")
        self.count = count
        let queue = self.queue
        queue.begin(count)
        for number in 0..<count {
            // Holds the queue, not the executor, so that the executor can go and end its threads.
            Thread.detachNewThread {
                systemNameThread("purser-disk-\(isBackground ? "b" : "")\(number)")
                if isBackground { systemLowerThread() }
                queue.work()
            }
        }
    }

    deinit {
        self.queue.stop()
    }

    /// Runs the body on one of the threads, also after each of its suspensions, and leaves them when it has ended.
    ///
    /// Only what no actor isolates moves: a body that belongs to an actor runs there, and blocks it.
    public func run<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        // Neither a preference nor its end moves a task before it next changes executors, hence the two moves: without the
        // first the body would block a thread of the runtime's own, without the second its caller would hold one of these.
        do {
            let value = try await withTaskExecutorPreference(self) {
                await self.move()
                return try await body()
            }
            await self.move()
            return value
        } catch {
            await self.move()
            throw error
        }
    }

    /// Goes to where the task prefers to run.
    ///
    /// It counts something there, for the compiler drops a move before nothing.
    @concurrent private func move() async {
        self.moves.wrappingAdd(1, ordering: .relaxed)
    }

    /// Takes work.
    ///
    /// Called by Swift's runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let work = Work(job: UnownedJob(job), executor: self)
        guard !self.queue.append(work) else { return }
        // The threads have ended, but a task that is not resumed would hang for ever; so late work gets a thread of its own.
        Thread.detachNewThread { work.run() }
    }

    /// Ends the threads when they have done what was given to them, and waits for that.
    ///
    /// A second call waits too.
    ///
    /// Called on one of the threads, it does not wait for that one. Work that comes later is still done, slowly.
    public func shutdown() {
        self.queue.stop()
        self.queue.waitForThreads()
    }
}

/// One piece of work, with what must stay alive for it.
private struct Work: Sendable {
    let job: UnownedJob
    let executor: DiskThreads

    func run() {
        self.job.runSynchronously(on: self.executor.asUnownedTaskExecutor())
    }
}

/// What the threads share.
///
/// `@unchecked Sendable`: the mutable properties are touched only while `condition` is locked.
private final class Queue: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting = CircularBuffer<Work>()
    private var threads = 0
    private var names: Set<ObjectIdentifier> = []
    private var isStopped = false

    func begin(_ threads: Int) {
        self.condition.withLock { self.threads = threads }
    }

    /// - Returns: Whether a thread will see to it.
    func append(_ work: Work) -> Bool {
        self.condition.withLock {
            guard !self.isStopped else { return false }
            self.waiting.append(work)
            self.condition.signal()
            return true
        }
    }

    /// Does what comes until it is stopped and nothing is left.
    func work() {
        let name = ObjectIdentifier(Thread.current)
        self.condition.withLock { _ = self.names.insert(name) }
        while let work = self.next() {
            work.run()
        }
        self.condition.withLock {
            self.threads -= 1
            self.names.remove(name)
            self.condition.broadcast()
        }
    }

    private func next() -> Work? {
        self.condition.withLock {
            while self.waiting.isEmpty, !self.isStopped {
                self.condition.wait()
            }
            return self.waiting.popFirst()
        }
    }

    func stop() {
        self.condition.withLock {
            self.isStopped = true
            self.condition.broadcast()
        }
    }

    func waitForThreads() {
        let name = ObjectIdentifier(Thread.current)
        self.condition.withLock {
            while self.threads > (self.names.contains(name) ? 1 : 0) {
                self.condition.wait()
            }
        }
    }
}
