import Synchronization

/// What a request waits on: an answer that comes once, before or after somebody waits for it.
final class AdmissionWait: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Void, any Error>)
        case answered(Result<Void, any Error>)
    }

    private let state = Mutex(State.open)

    /// Gives the answer; the first one counts.
    func answer(_ result: Result<Void, any Error>) {
        let waiter = self.state.withLock { state -> CheckedContinuation<Void, any Error>? in
            switch state {
            case .open:
                state = .answered(result)
                return nil
            case .awaited(let continuation):
                state = .answered(result)
                return continuation
            case .answered:
                return nil
            }
        }
        waiter?.resume(with: result)
    }

    /// Waits for the answer; at once when it is there.
    ///
    /// To be called once.
    func value() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let answer = self.state.withLock { state -> Result<Void, any Error>? in
                if case .answered(let result) = state { return result }
                state = .awaited(continuation)
                return nil
            }
            if let answer { continuation.resume(with: answer) }
        }
    }
}
