import Foundation
import PurserMonitor

/// An engine with figures that a test sets, and a clock that it moves.
struct AlertBench {
    var engine: AlertEngine
    var now = Date.after(0)
    var readings: [String: [MetricReading]] = [:]
    private(set) var asked = 0

    init(_ change: (inout AlertConfiguration) -> Void = { _ in }) {
        var configuration = AlertConfiguration()
        change(&configuration)
        self.engine = AlertEngine(configuration)
    }

    /// With these rules only, and nothing that keeps an alert from being told.
    init(rules: [AlertRule]) {
        self.init { configuration in
            configuration.rules = rules
            configuration.notifyInterval = .zero
        }
    }

    /// Says what a metric is from now on.
    mutating func set(_ metric: String, _ value: Double, subject: String = "", samples: Int = 100) {
        self.readings[metric, default: []].removeAll { $0.subject == subject }
        self.readings[metric, default: []].append(MetricReading(subject: subject, value: value, samples: samples))
    }

    /// Moves the clock and judges.
    @discardableResult
    mutating func step(_ seconds: Double = 5) -> AlertOutcome {
        self.now = self.now.addingTimeInterval(seconds)
        var asked = 0
        let readings = self.readings
        defer { self.asked += asked }
        return self.engine.evaluate(at: self.now) { query in
            asked += 1
            return readings[query.metric] ?? []
        }
    }

    /// Judges every five seconds.
    mutating func run(seconds: Double) -> [AlertNotification] {
        var told: [AlertNotification] = []
        for _ in 0..<Int(seconds / 5) { told += self.step().notifications }
        return told
    }

    /// The states of the alerts that are there.
    func states() -> [AlertState] { self.engine.alerts().map(\.state) }
}

extension AlertRule {
    /// A rule on a user's metric, above 10.
    static func sample(
        _ name: String = "sample",
        wait: Double = 0,
        keepFiring: Double = 0,
        severity: AlertSeverity = .warning,
        threshold: Double = 10,
        minimumSamples: Int = 1,
        subject: String? = nil,
        family: String? = nil
    ) -> AlertRule {
        AlertRule(
            name: name,
            metric: "m",
            aggregation: .mean,
            window: .seconds(60),
            comparison: .above,
            threshold: threshold,
            wait: .seconds(wait),
            keepFiring: .seconds(keepFiring),
            severity: severity,
            minimumSamples: minimumSamples,
            subject: subject,
            family: family
        )
    }
}
