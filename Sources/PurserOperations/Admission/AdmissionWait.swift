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
    ///
    /// - Returns: Whether this was it.
    @discardableResult
    func answer(_ result: Result<Void, any Error>) -> Bool {
        let (isFirst, waiter) = self.state.withLock { state -> (Bool, CheckedContinuation<Void, any Error>?) in
            switch state {
            case .open:
                state = .answered(result)
                return (true, nil)
            case .awaited(let continuation):
                state = .answered(result)
                return (true, continuation)
            case .answered:
                return (false, nil)
            }
        }
        waiter?.resume(with: result)
        return isFirst
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
