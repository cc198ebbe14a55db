import Synchronization

/// Those who wait for something to happen to a job that has no operation yet, or has one no more.
final class JobWatchers: Sendable {
    private struct State {
        var waiters: [String: [UInt64: CheckedContinuation<Void, Never>]] = [:]
        var cancelled: Set<UInt64> = []
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Wakes all who wait for a job.
    func wake(_ job: String) {
        let waiters = self.state.withLock { $0.waiters.removeValue(forKey: job) }
        for waiter in waiters?.values ?? [:].values { waiter.resume() }
    }

    /// Waits until a job starts or ends, or the task is cancelled; at once where `isDue` says so once it would be woken.
    func wait(for job: String, unless isDue: () -> Bool) async {
        let number = self.state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = self.state.withLock { state in
                    if state.cancelled.remove(number) != nil { return true }
                    state.waiters[job, default: [:]][number] = continuation
                    return false
                }
                if isCancelled {
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
