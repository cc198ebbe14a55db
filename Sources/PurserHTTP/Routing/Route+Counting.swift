import HTTPTypes
import Hummingbird
import Purser
import PurserIdentifiers
import PurserMonitor
import PurserOperations

extension Route {
    /// Counts each request that does not become an operation with a slot: as one of the route's kind that took none.
    ///
    /// Such are what is refused before it could be admitted (an address that is no file's, a file that is not there, a
    /// condition that does not hold), and what needs no slot: answers without a content, questions, pages of names.
    func counted(by manager: FileStorageManager) -> Route {
        let ledger = manager.monitor.operations.ledger
        guard let kind, ledger.monitor.isEnabled else { return self }
        var route = self
        let handler = self.handler
        route.handler = { request, context in
            let start = ledger.beginCall()
            do {
                let response = try await handler(request, context)
                if context.figures.operation == nil {
                    ledger.record(MonitoredCall(of: request, context, kind(request)), since: start)
                }
                return response
            } catch {
                if context.figures.operation == nil {
                    ledger.record(MonitoredCall(of: request, context, kind(request), error), since: start)
                }
                throw error
            }
        }
        return route
    }
}

extension MonitoredCall {
    /// Describes a request, by the problem that its client is told.
    fileprivate init(
        of request: Request,
        _ context: PurserRequestContext,
        _ kind: CallKind,
        _ error: (any Error)? = nil
    ) {
        let problem = error.flatMap { $0 is CancellationError ? nil : Problem(describing: $0) }
        // A client's id that is taken names another operation; one that cannot be read names none.
        let isTaken = problem?.code == OperationError.Code.operationExists.rawValue
        let id = isTaken ? nil : request.headers[.xOperationID].flatMap { try? OperationID($0) }
        self.init(
            kind,
            name: RequestPath.name(of: request),
            client: context.client,
            id: id,
            error: problem ?? error,
            isRefused: problem?.status == .serviceUnavailable
        )
    }
}
