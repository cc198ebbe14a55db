import Foundation
import PurserBlobs
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct DiskThreadsTests {
    @Test func workRunsOnTheThreads() async {
        let threads = DiskThreads(count: 2)
        let names = await threads.run {
            var names = [Self.threadName()]
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume() }
            }
            names.append(Self.threadName())
            let (stream, input) = AsyncStream.makeStream(of: Int.self)
            Thread.detachNewThread {
                input.yield(1)
                input.finish()
            }
            for await _ in stream { names.append(Self.threadName()) }
            await Self.elsewhere()
            names.append(Self.threadName())
            return names
        }
        #expect(names.count == 4)
        #expect(names.allSatisfy { $0.hasPrefix("purser-disk-") }, "\(names)")
        #expect(!Self.threadName().hasPrefix("purser-disk-"))
        await #expect(throws: CancellationError.self) { try await threads.run { throw CancellationError() } }
        #expect(!Self.threadName().hasPrefix("purser-disk-"))
        threads.shutdown()
    }

    #if !canImport(Darwin)
    @Test func threadsOfTheBackgroundGiveWay() async throws {
        let (threads, background) = (DiskThreads(count: 1), DiskThreads(count: 1, isBackground: true))
        let (urgent, patient) = (await threads.run { Self.niceness() }, await background.run { Self.niceness() })
        #expect(patient == urgent.map { $0 + 10 })
        #expect(Self.niceness() == urgent)
        threads.shutdown()
        background.shutdown()
    }

    /// Of this thread, as proc_pid_stat(5) has it.
    nonisolated private static func niceness() -> Int? {
        let line = try? String(contentsOfFile: "/proc/thread-self/stat", encoding: .utf8)
        // The name before it may hold blanks.
        return line?.split(separator: ")").last?.split(separator: " ").dropFirst(16).first.flatMap { Int($0) }
    }
    #endif

    @Test func endingThemFromOneOfThemDoesNotHang() async {
        let threads = DiskThreads(count: 2)
        await threads.run { threads.shutdown() }
        threads.shutdown()
    }

    @concurrent nonisolated private static func elsewhere() async { await Task.yield() }

    nonisolated private static func threadName() -> String {
        // As the system knows it; what `Thread` says is its own.
        (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? "a thread without a name"
    }

    @Test func asManyCallsBlockAtOnceAsThereAreThreads() async throws {
        let threads = DiskThreads(count: 3)
        // Every one waits for all: with fewer threads at work this never ends.
        let meeting = Meeting(of: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask(executorPreference: threads) { meeting.attend() }
            }
            try await group.waitForAll()
        }
        #expect(meeting.arrivals == 3)
        threads.shutdown()
    }

    @Test func allWorkIsDoneBeforeTheThreadsEnd() async throws {
        let threads = DiskThreads(count: 2)
        let done = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 {
                group.addTask(executorPreference: threads) {
                    await Task.yield()
                    done.increment()
                }
            }
            try await group.waitForAll()
        }
        threads.shutdown()
        threads.shutdown()
        #expect(done.value == 1000)
    }

    @Test func workThatComesLateIsStillDone() async {
        let threads = DiskThreads(count: 1)
        threads.shutdown()
        let value = await threads.run {
            await Task.yield()
            return 42
        }
        #expect(value == 42)
    }
}

private final class Count: Sendable {
    private let number = Mutex(0)

    var value: Int { self.number.withLock { $0 } }

    func increment() {
        self.number.withLock { $0 += 1 }
    }
}

/// Threads that wait for one another.
private final class Meeting: Sendable {
    private let condition = NSCondition()
    private let size: Int
    private let count = Count()

    init(of size: Int) {
        self.size = size
    }

    var arrivals: Int { self.count.value }

    func attend() {
        self.condition.lock()
        defer { self.condition.unlock() }
        self.count.increment()
        self.condition.broadcast()
        while self.count.value < self.size { self.condition.wait() }
    }
}
