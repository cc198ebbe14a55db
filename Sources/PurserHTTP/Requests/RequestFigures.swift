import PurserOperations
import Synchronization

/// What becomes known of a request while it is served: its operation.
final class RequestFigures: Sendable {
    private let watched = Mutex<PurserOperations.Operation?>(nil)

    /// The operation that the request is; `nil` for one that needs none, or never got so far.
    var operation: PurserOperations.Operation? { self.watched.withLock { $0 } }

    /// Takes note of the operation.
    func note(_ operation: PurserOperations.Operation) {
        self.watched.withLock { $0 = operation }
    }
}
