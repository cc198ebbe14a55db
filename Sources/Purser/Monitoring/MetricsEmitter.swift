import Metrics
import PurserOperations
import Synchronization

/// Gives what is measured of operations to swift-metrics, so that the backend of the program that uses Purser sees it too.
///
/// Does nothing where no backend is installed.
final class MetricsEmitter: Sendable {
    private struct Key: Hashable {
        var kind: String
        var state: String
    }

    private struct Handlers: Sendable {
        let count: Counter
        let bytes: Counter
        let duration: Timer
        let wait: Timer

        init(_ key: Key) {
            let labels = [("kind", key.kind), ("state", key.state)]
            self.count = Counter(label: "purser_operations", dimensions: labels)
            self.bytes = Counter(label: "purser_operation_bytes", dimensions: labels)
            self.duration = Timer(label: "purser_operation_duration", dimensions: labels)
            self.wait = Timer(label: "purser_operation_wait", dimensions: labels)
        }
    }

    /// Pairs of kind and state that are told apart; kinds are bounded by the one who reports.
    private static let capacity = 1_000

    private let handlers = Mutex<[Key: Handlers]>([:])
    private let isHeard: Bool

    /// Looks whether there is a backend: it has to be installed before.
    init() {
        self.isHeard = !(MetricsSystem.factory is NOOPMetricsHandler)
    }

    /// Tells of an operation that ended.
    func emit(_ report: OperationReport) {
        guard self.isHeard else { return }
        let key = Key(kind: report.kind, state: report.isRefused ? "refused" : report.state.rawValue)
        let handlers = self.handlers.withLock { handlers -> Handlers? in
            if let known = handlers[key] { return known }
            guard handlers.count < Self.capacity else { return nil }
            let made = Handlers(key)
            handlers[key] = made
            return made
        }
        guard let handlers else { return }
        handlers.count.increment()
        handlers.bytes.increment(by: max(0, report.bytes))
        handlers.wait.recordSeconds(report.waited.exactSeconds)
        if report.held > .zero { handlers.duration.recordSeconds(report.held.exactSeconds) }
    }
}
