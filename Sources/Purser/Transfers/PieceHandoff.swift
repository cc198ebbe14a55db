import NIOCore
import Synchronization

/// Hands pieces from one task to another, one at a time: each waits for the other, and nothing piles up.
final class PieceHandoff: Sendable {
    private enum State {
        /// Nobody waits.
        case idle
        /// A piece waits to be taken.
        case offered(ByteBuffer, CheckedContinuation<Void, any Error>)
        /// The receiver waits for a piece.
        case awaited(CheckedContinuation<ByteBuffer?, any Error>)
        /// No more will come.
        case ended(Result<ByteBuffer?, any Error>)
    }

    private let state = Mutex(State.idle)

    /// Gives a piece to the receiver.
    ///
    /// Returns when it was taken.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    func send(_ piece: ByteBuffer) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.offer(piece, continuation)
            }
        } onCancel: {
            self.withdraw()
        }
        try Task.checkCancellation()
    }

    /// Takes the next piece.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: The error with which the sender ended.
    func next() async throws -> ByteBuffer? {
        try await withCheckedThrowingContinuation { continuation in
            let (answer, sender) = self.state.withLock { state -> (Result<ByteBuffer?, any Error>?, Sender?) in
                switch state {
                case .idle, .awaited:
                    state = .awaited(continuation)
                    return (nil, nil)
                case .offered(let piece, let sender):
                    state = .idle
                    return (.success(piece), sender)
                case .ended(let result):
                    // The error is told once, as with any sequence.
                    state = .ended(.success(nil))
                    return (result, nil)
                }
            }
            sender?.resume()
            if let answer { continuation.resume(with: answer) }
        }
    }

    /// Ends the sequence of pieces, well or with an error.
    func finish(_ result: Result<Void, any Error>) {
        let end = result.map { ByteBuffer?.none }
        let receiver = self.state.withLock { state -> CheckedContinuation<ByteBuffer?, any Error>? in
            guard case .awaited(let receiver) = state else {
                state = .ended(end)
                return nil
            }
            state = .ended(.success(nil))
            return receiver
        }
        receiver?.resume(with: end)
    }

    private typealias Sender = CheckedContinuation<Void, any Error>

    private func offer(_ piece: ByteBuffer, _ sender: Sender) {
        let receiver = self.state.withLock { state -> CheckedContinuation<ByteBuffer?, any Error>? in
            if case .awaited(let receiver) = state {
                state = .idle
                return receiver
            }
            state = .offered(piece, sender)
            return nil
        }
        guard let receiver else {
            // Cancelled before it was offered: nobody else would wake it.
            if Task.isCancelled { self.withdraw() }
            return
        }
        receiver.resume(returning: piece)
        sender.resume()
    }

    private func withdraw() {
        let sender = self.state.withLock { state -> Sender? in
            guard case .offered(_, let sender) = state else { return nil }
            state = .idle
            return sender
        }
        sender?.resume(throwing: CancellationError())
    }
}
