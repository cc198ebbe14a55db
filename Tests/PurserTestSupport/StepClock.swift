import Synchronization

/// A clock that stands still until a test moves it.
package final class StepClock: Clock, Sendable {
    /// A time of the clock: what went by since it was made.
    package struct Instant: InstantProtocol {
        /// The time since the clock was made.
        package var offset: Duration

        /// The instant so much later.
        package func advanced(by duration: Duration) -> Self { Self(offset: self.offset + duration) }
        /// The time from here to another instant.
        package func duration(to other: Self) -> Duration { other.offset - self.offset }
        /// Orders by time.
        package static func < (left: Self, right: Self) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        let until: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Audience {
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: Sleeper] = [:]
        var audience: [Audience] = []
        var cancelled: Set<Int> = []
        var nextID = 0
    }

    private let state = Mutex(State())

    /// Makes a clock that shows zero.
    package init() {}

    /// What the clock shows.
    package var now: Instant { self.state.withLock { $0.now } }

    /// The clock is exact.
    package var minimumResolution: Duration { .zero }

    /// Waits until the clock was moved as far; at once when it was, or when the task is cancelled (which throws).
    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = self.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.add(Sleeper(until: deadline, continuation: continuation), id)
            }
        } onCancel: {
            let sleeper = self.state.withLock { state in
                state.cancelled.insert(id)
                return state.sleepers.removeValue(forKey: id)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves the clock, and wakes those whose time has come.
    package func advance(by duration: Duration) {
        let due = self.state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.until < $1.until }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Returns when so many sleep on the clock, or more.
    package func waitForSleepers(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isThere = self.state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.audience.append(Audience(count: count, continuation: continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    private func add(_ sleeper: Sleeper, _ id: Int) {
        enum Outcome { case sleeps([Audience]), due, cancelled }
        let outcome = self.state.withLock { state -> Outcome in
            if state.cancelled.remove(id) != nil { return .cancelled }
            if sleeper.until <= state.now { return .due }
            state.sleepers[id] = sleeper
            let satisfied = state.audience.filter { $0.count <= state.sleepers.count }
            state.audience.removeAll { $0.count <= state.sleepers.count }
            return .sleeps(satisfied)
        }
        switch outcome {
        case .sleeps(let audience): for one in audience { one.continuation.resume() }
        case .due: sleeper.continuation.resume()
        case .cancelled: sleeper.continuation.resume(throwing: CancellationError())
        }
    }
}
