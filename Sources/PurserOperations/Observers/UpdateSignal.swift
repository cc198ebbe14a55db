import Synchronization

/// A flag that one task waits for: many marks between two waits are one.
final class UpdateSignal: Sendable {
    private struct State {
        var isMarked = false
        var isEnded = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Whether nothing more will come.
    var isEnded: Bool { self.state.withLock { $0.isEnded } }

    /// Sets the flag and wakes the one who waits.
    func mark() {
        self.wake { $0.isMarked = true }
    }

    /// Wakes the one who waits, and all who will.
    func end() {
        self.wake { $0.isEnded = true }
    }

    /// Takes the flag down.
    func clear() {
        self.state.withLock { $0.isMarked = false }
    }

    /// Returns when the flag is up, at the end, or when the task is cancelled; takes the flag down.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = self.state.withLock { state in
                    if state.isMarked || state.isEnded { return true }
                    state.waiter = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            // Also where the wait has not begun: it then finds the flag up.
            self.mark()
        }
        self.clear()
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = self.state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
