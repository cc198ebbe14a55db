import PurserOperations
import Synchronization

/// Tells a callback how one operation comes along, and at last how it ended.
///
/// Calls never overlap.
final class ProgressReport: Sendable {
    private struct Observation: Sendable {
        let operation: Operation
        let task: Task<Void, Never>
    }

    private let callback: @Sendable (OperationSnapshot) -> Void
    private let observation = Mutex<Observation?>(nil)

    init(to callback: @escaping @Sendable (OperationSnapshot) -> Void) {
        self.callback = callback
    }

    /// Begins to tell.
    func begin(_ operation: Operation) {
        // It is begun where nothing can be awaited; `end()` awaits it, on every path.
        let task = Task { [callback] in
            for await update in operation.updates where !update.state.isFinal { callback(update) }
        }
        self.observation.withLock { $0 = Observation(operation: operation, task: task) }
    }

    /// Tells how it ended, at once; nothing where it never began.
    func end() async {
        guard let observation = self.observation.withLock({ $0.take() }) else { return }
        observation.task.cancel()
        await observation.task.value
        self.callback(observation.operation.snapshot)
    }
}
