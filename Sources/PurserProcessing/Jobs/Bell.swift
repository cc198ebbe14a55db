import Synchronization

/// Wakes one task that waits for something to do: many rings between two waits are one.
final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Wakes the one who waits, or the next one to come.
    func ring() {
        let waiter = self.state.withLock { state in
            state.isRung = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when it was rung since the last wait, or when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = self.state.withLock { state in
                    if !state.isRung { state.waiter = continuation }
                    return state.isRung
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            self.ring()
        }
        self.state.withLock { $0.isRung = false }
    }
}
