import Synchronization

/// A part of some work that can be cancelled while the rest goes on.
final class CancellablePart<Value: Sendable>: Sendable {
    private struct State {
        var task: Task<Value, any Error>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// Does the part, once.
    func run(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        // A task of its own, because only that can be cancelled alone; awaited here.
        let task = Task { try await body() }
        let isCancelled = self.state.withLock { state in
            state.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
        return try await task.value
    }

    /// Cancels the part, also before it began.
    func cancel() {
        let task = self.state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}
