import Hummingbird
import Purser

/// Health and figures.
struct SystemRoutes: Sendable {
    let manager: FileStorageManager

    var routes: [Route] {
        [
            Route(.get, "/healthz") { _, _ in .json(HealthDocument(status: "ok", reason: nil)) },
            Route(.get, "/readyz") { _, _ in self.readiness() },
            Route(.get, "/v1/system") { _, _ in try .document(SystemDocument(self.manager.systemMetrics())) },
        ]
    }

    private func readiness() -> Response {
        guard let reason = self.manager.unreadyReason else {
            return .json(HealthDocument(status: "ready", reason: nil))
        }
        return .json(
            HealthDocument(status: "unavailable", reason: reason),
            status: .serviceUnavailable,
            headers: [.retryAfter: "10"]
        )
    }
}
