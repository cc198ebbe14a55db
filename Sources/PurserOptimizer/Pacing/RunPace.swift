import Foundation
import PurserOperations
import Synchronization

/// Gives a run its slot, piece by piece, and makes it wait as its limits ask for.
///
/// Used by one task at a time; that may be on any thread.
final class RunPace: Sendable {
    /// How long it waits before it asks again for a slot that it did not get.
    static let retryAfter = Duration.seconds(1)
    /// The longest sleep without a look whether somebody cancelled the run, or the piece seems dead.
    static let longestSleep = Duration.milliseconds(500)
    /// The longest sleep with a slot that others wait for.
    static let shortSleep = Duration.milliseconds(100)
    /// How often it looks whether others want the processors.
    static let lookInterval = Duration.milliseconds(20)

    private let operation: PurserOperations.Operation
    private let resources: ResourceManager
    private let clock: RunClock
    private let memory: Int
    /// When it may go on; `nil` is now.
    private let opening: @Sendable () -> Date?
    private let now: @Sendable () -> Date
    private let state: Mutex<State>

    private struct State {
        var meter: PaceMeter
        var slot: Slot?
        var mark: ThreadMark?
        var cpuTime = Duration.zero
        var pieces = 0
        /// The last look at how much others want the processors: when, and what CPU time there had been.
        var look: (wait: ProcessorWait, elapsed: Duration, cpuTime: Duration)?
    }

    init(
        operation: PurserOperations.Operation,
        resources: ResourceManager,
        clock: RunClock,
        throttle: RunThrottle,
        now: @escaping @Sendable () -> Date,
        opening: @escaping @Sendable () -> Date?
    ) {
        self.operation = operation
        self.resources = resources
        self.clock = clock
        self.memory = throttle.memory
        self.now = now
        self.opening = opening
        self.state = Mutex(State(meter: PaceMeter(throttle, at: clock.elapsed())))
    }

    /// CPU time of the work so far, as far as it could be told apart.
    var cpuTime: Duration { self.state.withLock { $0.cpuTime } }

    /// How many slots it has had, one after another.
    var pieces: Int { self.state.withLock { $0.pieces } }

    /// Runs work in slots, and gives the last one back in any case.
    func withSlots<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await self.acquire()
        defer { self.release() }
        return try await body()
    }

    /// Tells of work that was done, and waits where there was enough of it for now.
    ///
    /// May give the slot back and take another; hold no lock.
    ///
    /// - Parameter bytes: Bytes read and written; 0 for work on rows.
    /// - Throws: `OperationError`, `CancellationError` where the run is to end.
    func spend(bytes: Int) async throws {
        let mark = ThreadMark.now()
        let elapsed = self.clock.elapsed()
        let (wait, mayEnd) = self.state.withLock { state in
            let cpu = state.mark.map { mark.cpuTime(since: $0) } ?? .zero
            state.mark = nil
            state.cpuTime += cpu
            // The watchdog wants to see that something is done, also where it is no bytes.
            state.slot?.operation.advance(bytes: max(1, bytes))
            self.giveWay(&state, at: elapsed)
            let wait = state.meter.spend(bytes: bytes, cpu: cpu, at: elapsed)
            return (wait, state.meter.mayEndPiece(at: elapsed))
        }
        self.operation.advance(bytes: bytes)
        try self.checkCancellation()
        try await self.sleep(wait)
        if mayEnd, self.opening() != nil || self.resources.isWaitedFor { self.release() }
        if !self.hasSlot { try await self.acquire() }
        self.state.withLock { $0.mark = ThreadMark.now() }
    }

    /// Tells that the run is alive while it does what must not wait.
    ///
    /// - Throws: `OperationError`, `CancellationError` where the run is to end.
    func showLife() throws {
        self.state.withLock { _ = $0.slot?.operation.advance(bytes: 1) }
        try self.checkCancellation()
    }

    private var hasSlot: Bool { self.state.withLock { $0.slot != nil } }

    private func giveWay(_ state: inout State, at elapsed: Duration) {
        if let look = state.look, elapsed - look.elapsed < Self.lookInterval { return }
        guard let wait = ProcessorWait.now() else { return }
        if let look = state.look {
            state.meter.giveWay(after: wait.since(look.wait), cpu: state.cpuTime - look.cpuTime)
        }
        state.look = (wait, elapsed, state.cpuTime)
    }

    private func checkCancellation() throws {
        try self.operation.checkCancellation()
        try Task.checkCancellation()
    }

    private func sleep(_ duration: Duration) async throws {
        var left = duration
        while left > .milliseconds(1) {
            // Asleep it needs no slot that others wait for.
            if left >= Self.shortSleep, self.resources.isWaitedFor { self.release() }
            let part = min(left, Self.longestSleep)
            try await self.clock.sleep(part)
            left -= part
            try self.showLife()
        }
    }

    private func acquire() async throws {
        try await self.waitForOpening()
        while true {
            try self.checkCancellation()
            do {
                let slot = try await self.resources.admitPiece(
                    of: self.operation,
                    memory: self.memory,
                    deadline: .seconds(86_400)
                )
                let operation = self.operation
                // Found dead by the watchdog, or stopped with all others.
                slot.operation.onCancel { reason in try? operation.cancel(reason) }
                let elapsed = self.clock.elapsed()
                self.state.withLock { state in
                    state.slot = slot
                    state.pieces += 1
                    state.meter.beginPiece(at: elapsed)
                    state.mark = ThreadMark.now()
                }
                return
            } catch let error as OperationError {
                guard [.queueFull, .waitExpired, .memoryUnavailable].contains(error.code) else { throw error }
            }
            try await self.clock.sleep(Self.retryAfter)
        }
    }

    private func waitForOpening() async throws {
        while let opening = self.opening() {
            try self.checkCancellation()
            self.operation.update(message: "paused until the window opens")
            let left = max(1, opening.timeIntervalSince(self.now()))
            // In short steps: clocks on the wall are moved.
            try await self.clock.sleep(.seconds(min(left, 60)))
        }
    }

    private func release() {
        let slot = self.state.withLock { state in
            state.mark = nil
            defer { state.slot = nil }
            return state.slot
        }
        slot?.finish(.success(()))
    }
}
