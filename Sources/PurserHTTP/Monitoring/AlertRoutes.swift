import Hummingbird
import Purser
import PurserMonitor

/// Alerts and errors.
struct AlertRoutes: Sendable {
    let manager: FileStorageManager

    var routes: [Route] {
        [
            Route(.get, "/v1/alerts") { request, _ in try self.list(request) },
            Route(.get, "/v1/alerts/:id") { _, context in
                let id = try context.parameters.require("id")
                guard let alert = self.manager.monitor.alerts.alert(id) else {
                    throw AlertError(.alertNotFound, "there is no such alert, or it was resolved long ago")
                }
                return try .document(AlertDocument(alert))
            },
            Route(.post, "/v1/alerts/:id/acknowledge") { _, context in
                try await .document(
                    AlertDocument(self.manager.acknowledgeAlert(context.parameters.require("id")))
                )
            },
            Route(.post, "/v1/alerts/:id/resolve") { _, context in
                try await .document(AlertDocument(self.manager.resolveAlert(context.parameters.require("id"))))
            },
            Route(.get, "/v1/errors") { request, _ in try self.errors(request) },
        ]
    }

    private struct AlertList: Encodable {
        var alerts: [AlertDocument]
    }

    private func list(_ request: Request) throws -> Response {
        let query = try Query(request)
        let state: AlertState? = try query.choice("state")
        let alerts = self.manager.alerts(
            in: state.map { [$0] } ?? Set(AlertState.allCases),
            limit: try query.integer("limit", default: 100, in: 1...1_000)
        )
        return try .document(AlertList(alerts: alerts.map { AlertDocument($0) }))
    }

    private func errors(_ request: Request) throws -> Response {
        let query = try Query(request)
        let errors = self.manager.errors(
            code: query["code"],
            severity: try query.choice("severity"),
            limit: try query.integer("limit", default: 100, in: 1...1_000)
        )
        return try .document(ErrorListDocument(errors: errors.map { ErrorDocument($0) }))
    }
}
