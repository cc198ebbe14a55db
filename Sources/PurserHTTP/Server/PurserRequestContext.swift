import Foundation
import Hummingbird
import Logging
import PurserIdentifiers
import PurserOperations

/// What a route knows of its request beside the request.
struct PurserRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The client's connection; `nil` where a test calls the routes without one.
    let connection: ClientConnection?
    /// Goes into the answer, the log and problem documents.
    let requestID: String
    /// What becomes known of the request while it is served.
    let figures = RequestFigures()

    init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.connection = ClientConnection.current
        self.requestID = OperationID().description
    }

    /// Who asks, for fairness.
    var client: String { self.connection?.remoteAddress ?? "local" }

    /// Tells an operation when the client is gone or too slow.
    ///
    /// What is to be done when the operation is cancelled otherwise comes from the route.
    func watch(_ operation: PurserOperations.Operation) {
        self.figures.note(operation)
        self.connection?.whenGone { reason in
            // It may have ended in the meantime; then there is nothing to cancel.
            _ = try? operation.cancel(reason == .tooSlow ? .timedOut : .disconnected)
        }
    }
}
