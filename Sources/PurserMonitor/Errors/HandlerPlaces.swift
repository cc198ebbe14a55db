import Synchronization

/// So many places for handlers: whoever wants one waits for it; only one waits at a time.
final class HandlerPlaces: Sendable {
    private struct State {
        var free: Int
        var waiter: CheckedContinuation<Bool, Never>?
        var isCancelled = false
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        self.state = Mutex(State(free: count))
    }

    /// Takes a place, waiting for one.
    ///
    /// - Returns: Whether there is one; `false` when the task was cancelled.
    func take() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = self.state.withLock { state -> Bool? in
                    if state.isCancelled { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiter = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                state.isCancelled = true
                return state.waiter.take()
            }
            waiter?.resume(returning: false)
        }
    }

    /// Gives a place back, to the one who waits where there is one.
    func giveBack() {
        let waiter = self.state.withLock { state in
            if state.waiter == nil { state.free += 1 }
            return state.waiter.take()
        }
        waiter?.resume(returning: true)
    }
}
