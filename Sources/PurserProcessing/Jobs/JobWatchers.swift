import Synchronization

/// Those who wait for something to happen to a job that has no operation yet, or has one no more.
final class JobWatchers: Sendable {
    private struct State {
        var waiters: [String: [UInt64: CheckedContinuation<Void, Never>]] = [:]
        var cancelled: Set<UInt64> = []
        var next: UInt64 = 0
        /// Whether nothing happens to jobs any more.
        var isOver = false
    }

    private let state = Mutex(State())

    /// Whether nothing happens to jobs any more, as the service stops or has stopped.
    var isOver: Bool { self.state.withLock { $0.isOver } }

    /// Says that the service runs.
    func begin() { self.state.withLock { $0.isOver = false } }

    /// Says that the service stops, and wakes all; who waits later is woken at once.
    func end() {
        let waiters = self.state.withLock { state in
            state.isOver = true
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap(\.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Wakes all who wait for a job.
    func wake(_ job: String) {
        let waiters = self.state.withLock { $0.waiters.removeValue(forKey: job) }
        for waiter in waiters?.values ?? [:].values { waiter.resume() }
    }

    /// Waits until a job starts or ends, the service stops, or the task is cancelled; at once where `isDue` says so once it would be woken.
    func wait(for job: String, unless isDue: () -> Bool) async {
        let number = self.state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    if state.isOver || state.cancelled.remove(number) != nil { return true }
                    state.waiters[job, default: [:]][number] = continuation
                    return false
                }
                if isOver {
                    continuation.resume()
                } else if isDue() {
                    self.wakeOne(number, of: job)
                }
            }
        } onCancel: {
            self.state.withLock { state in
                if state.waiters[job]?[number] == nil { state.cancelled.insert(number) }
            }
            self.wakeOne(number, of: job)
        }
        self.state.withLock { _ = $0.cancelled.remove(number) }
    }

    private func wakeOne(_ number: UInt64, of job: String) {
        let waiter = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiters[job]?.removeValue(forKey: number) else { return nil }
            if state.waiters[job]?.isEmpty == true { state.waiters[job] = nil }
            state.cancelled.remove(number)
            return waiter
        }
        waiter?.resume()
    }
}
