import SystemPackage
import PurserStore
import PurserIdentifiers
import PurserCatalog
import PurserBlobs
import NIOCore
import Foundation
import PurserOperations
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserOptimizer

@Suite(.timeLimit(.minutes(1)))
struct PaceTests {
    private func throttle(bytes: Int64? = nil, cpu: Double? = nil) -> RunThrottle {
        var throttle = RunThrottle()
        throttle.bytesPerSecond = bytes
        throttle.cpuShare = cpu
        return throttle
    }

    @Test
    func rateOfBytesIsKept() {
        var meter = PaceMeter(self.throttle(bytes: 1_000_000), at: .zero)
        #expect(meter.spend(bytes: 500_000, cpu: .zero, at: .zero) == .milliseconds(500))
        #expect(meter.spend(bytes: 500_000, cpu: .zero, at: .milliseconds(500)) == .milliseconds(500))
        // It went slower by itself: a second of that is kept, no more.
        #expect(meter.spend(bytes: 500_000, cpu: .zero, at: .seconds(100)) == .zero)
        #expect(meter.spend(bytes: 500_000, cpu: .zero, at: .seconds(100)) == .zero)
        #expect(meter.spend(bytes: 500_000, cpu: .zero, at: .seconds(100)) == .milliseconds(500))
    }

    @Test
    func shareOfACoreIsKept() {
        var meter = PaceMeter(self.throttle(cpu: 0.5), at: .zero)
        let wait = meter.spend(bytes: 1 << 30, cpu: .milliseconds(100), at: .milliseconds(100))
        #expect(abs((wait - .milliseconds(100)).inSeconds) < 1e-6)
        var free = PaceMeter(self.throttle(), at: .zero)
        #expect(free.spend(bytes: 1 << 40, cpu: .seconds(9), at: .zero) == .zero)
    }

    @Test
    func runGivesWayToThoseWhoWantTheProcessors() {
        var meter = PaceMeter(self.throttle(cpu: 0.5), at: .zero)
        meter.giveWay(after: .milliseconds(5), cpu: .milliseconds(10))
        let wait = meter.spend(bytes: 0, cpu: .milliseconds(10), at: .milliseconds(15))
        #expect(abs((wait - .milliseconds(5 * PaceMeter.courtesy + 5)).inSeconds) < 1e-6)
        // It goes on, however long it has to wait.
        var crowded = PaceMeter(self.throttle(cpu: 0.5), at: .zero)
        crowded.giveWay(after: .seconds(60), cpu: .milliseconds(10))
        let bounded = crowded.spend(bytes: 0, cpu: .zero, at: .zero)
        #expect(bounded == .milliseconds(10 * PaceMeter.maxCourtesy))
        // Who wants no limit gets none.
        var free = PaceMeter(self.throttle(bytes: 1 << 20), at: .zero)
        free.giveWay(after: .seconds(60), cpu: .seconds(1))
        #expect(free.spend(bytes: 0, cpu: .zero, at: .zero) == .zero)
    }

    private final class Spinners: Sendable {
        let areOver = Atomic(false)

        func begin(_ count: Int) {
            for _ in 0..<count {
                Thread.detachNewThread { while !self.areOver.load(ordering: .relaxed) {} }
            }
        }
    }

    /// Threads that share a processor wait for it in turns.
    @Test(.enabled(if: ProcessorWait.now() != nil))
    func waitForAProcessorIsMeasured() throws {
        let begin = try #require(ProcessorWait.now())
        #expect(begin.since(begin) == .zero)
        let spinners = Spinners()
        spinners.begin(2 * ProcessInfo.processInfo.activeProcessorCount)
        defer { spinners.areOver.store(true, ordering: .relaxed) }
        let started = ContinuousClock.now
        var waited = Duration.zero
        while waited < .milliseconds(20), ContinuousClock.now - started < .seconds(20) {
            waited = try #require(ProcessorWait.now()).since(begin)
        }
        let elapsed = ContinuousClock.now - started
        #expect(waited >= .milliseconds(20) && waited <= elapsed)
    }

    @Test
    func pieceMayEndAfterItsBytesOrItsTime() {
        var meter = PaceMeter(self.throttle(), at: .zero)
        #expect(!meter.mayEndPiece(at: .milliseconds(999)))
        #expect(meter.mayEndPiece(at: .seconds(1)))
        meter.beginPiece(at: .seconds(1))
        #expect(!meter.mayEndPiece(at: .seconds(1)))
        _ = meter.spend(bytes: 64 << 20, cpu: .zero, at: .seconds(1))
        #expect(meter.mayEndPiece(at: .seconds(1)))
    }

    @Test
    func cpuTimeOfTheThreadIsMeasured() {
        let before = ThreadMark.now()
        var sum = 0
        for number in 0..<200_000 { sum = sum &+ number &* number }
        #expect(sum != 0)
        #expect(ThreadMark.now().cpuTime(since: before) > .zero)
    }

    private func pace(
        _ fixture: OptimizerFixture,
        _ clock: StepClock,
        opening: @escaping @Sendable () -> Date? = { nil }
    ) throws -> (RunPace, PurserOperations.Operation) {
        let operation = try fixture.tracker.begin(.optimize, name: "run", priority: .background)
        try operation.start()
        let time = fixture.time
        let pace = RunPace(
            operation: operation,
            resources: fixture.resources,
            clock: RunClock(clock),
            throttle: self.throttle(bytes: 1 << 30),
            now: { time.now() },
            opening: opening
        )
        return (pace, operation)
    }

    @Test
    func slotIsGivenBackToThoseWhoWaitAndOnlyToThem() async throws {
        try await OptimizerFixture.run(slots: 1) { fixture in
            let clock = StepClock()
            let (pace, _) = try self.pace(fixture, clock)
            let resources = fixture.resources
            let order = Order()
            try await pace.withSlots {
                clock.advance(by: .seconds(2))
                try await pace.spend(bytes: 1)
                #expect(pace.pieces == 1)
                let upload = Task {
                    try await resources.withSlot(for: .upload, memory: 1, name: "upload") { _ in
                        order.add("upload")
                    }
                }
                while !resources.isWaitedFor { await Task.yield() }
                clock.advance(by: .seconds(2))
                try await pace.spend(bytes: 1)
                order.add("run")
                #expect(pace.pieces == 2)
                try await upload.value
            }
            #expect(order.all == ["upload", "run"])
            #expect(resources.metrics().active == 0)
        }
    }

    @Test
    func runThatSleepsLetsOthersHaveItsSlot() async throws {
        try await OptimizerFixture.run(slots: 1) { fixture in
            let clock = StepClock()
            let (pace, _) = try self.pace(fixture, clock)
            let resources = fixture.resources
            let work = Task { try await pace.withSlots { try await pace.spend(bytes: 100 << 30) } }
            await clock.waitForSleepers()
            #expect(resources.metrics().active == 1)
            let upload = Task {
                try await resources.withSlot(for: .upload, memory: 1, name: "upload") { _ in }
            }
            while !resources.isWaitedFor { await Task.yield() }
            clock.advance(by: .milliseconds(500))
            try await upload.value
            #expect(resources.metrics().active == 0)
            work.cancel()
            await #expect(throws: (any Error).self) { try await work.value }
            #expect(resources.metrics().active == 0)
        }
    }

    @Test
    func runPausesOutsideItsWindow() async throws {
        try await OptimizerFixture.run(slots: 1) { fixture in
            let clock = StepClock()
            let box = OpenFlag()
            let (pace, operation) = try self.pace(fixture, clock) { box.isOpen ? nil : Date(timeIntervalSince1970: 0) }
            let work = Task {
                try await pace.withSlots {
                    box.set(false)
                    clock.advance(by: .seconds(2))
                    try await pace.spend(bytes: 1)
                }
            }
            await clock.waitForSleepers()
            #expect(fixture.resources.metrics().active == 0)
            #expect(operation.snapshot.progress.message == "paused until the window opens")
            box.set(true)
            clock.advance(by: .seconds(61))
            try await work.value
            #expect(pace.pieces == 2)
        }
    }

    @Test
    func cancelEndsASleep() async throws {
        try await OptimizerFixture.run { fixture in
            let clock = StepClock()
            let (pace, operation) = try self.pace(fixture, clock)
            let work = Task { try await pace.withSlots { try await pace.spend(bytes: 100 << 30) } }
            operation.onCancel { _ in work.cancel() }
            await clock.waitForSleepers()
            try operation.cancel()
            await #expect(throws: (any Error).self) { try await work.value }
            #expect(fixture.resources.metrics().active == 0)
        }
    }
}

/// Whether a window is open.
private final class OpenFlag: Sendable {
    private let state = Mutex(true)
    var isOpen: Bool { self.state.withLock { $0 } }
    func set(_ isOpen: Bool) { self.state.withLock { $0 = isOpen } }
}

/// What happened, in its order.
private final class Order: Sendable {
    private let names = Mutex<[String]>([])
    var all: [String] { self.names.withLock { $0 } }
    func add(_ name: String) { self.names.withLock { $0.append(name) } }
}
