public import PurserOperations

extension AlertRule {
    /// Everything that is wrong with the rule.
    ///
    /// - Parameters:
    ///   - key: The key of the rule itself, such as `monitor.alerts.rules[2]`.
    ///   - userMetrics: Names of metrics that are not built in, and may be looked at all the same.
    /// - Returns: The problems, each with the key of what is wrong; empty when the rule can be.
    public func problems(key: String, userMetrics: Set<String> = []) -> [SettingProblem] {
        var problems: [SettingProblem] = []
        func expect(_ holds: Bool, _ name: String, _ got: String, _ takes: String) {
            if !holds { problems.append(SettingProblem("\(key).\(name)", got: got, takes: takes)) }
        }
        expect(Self.isName(self.name), "name", "'\(self.name)'", "a lower-case letter, then at most 63 of a-z 0-9 _")
        expect(
            EventAlert(rawValue: self.name) == nil,
            "name",
            "'\(self.name)'",
            "a name that Purser does not use itself"
        )
        let metric = BuiltInMetric(rawValue: self.metric)
        expect(
            metric != nil || userMetrics.contains(self.metric),
            "metric",
            "'\(self.metric)'",
            "a metric: \(BuiltInMetric.allCases.map(\.rawValue).joined(separator: ", "))"
        )
        expect((.seconds(1)...Self.day).contains(self.window), "window", "\(self.window)", "1s to 1d")
        expect((.zero...Self.day * 30).contains(self.wait), "for", "\(self.wait)", "0s to 30d")
        expect((.zero...Self.day * 30).contains(self.keepFiring), "keep_firing_for", "\(self.keepFiring)", "0s to 30d")
        expect((1...10_000).contains(self.minimumSamples), "minimum_samples", "\(self.minimumSamples)", "1 to 10000")
        expect(self.threshold.isFinite, "threshold", "\(self.threshold)", "a number")
        let range = self.range(of: metric)
        if self.threshold.isFinite {
            expect(
                self.comparison.isDecisive(self.threshold, in: range),
                "threshold",
                "\(self.comparison.rawValue) \(self.threshold)",
                "what holds for some figures and not for others; these go from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        if let subject {
            let hasSubjects = metric.map { $0.subjectTag != nil } ?? true
            expect(hasSubjects, "subject", "'\(subject)'", "nothing, as \(self.metric) has one subject only")
        }
        if let family {
            expect(Self.isName(family), "family", "'\(family)'", "a lower-case letter, then at most 63 of a-z 0-9 _")
        }
        if let message {
            expect(message.utf8.count <= 200, "message", "\(message.utf8.count) bytes", "200 bytes or less")
        }
        return problems
    }

    private static let day = Duration.seconds(86_400)

    private static func isName(_ name: String) -> Bool {
        name.wholeMatch(of: /[a-z][a-z0-9_]{0,63}/) != nil
    }

    /// The figures that can come of a metric.
    private func range(of metric: BuiltInMetric?) -> ClosedRange<Double> {
        let isCount = self.aggregation == .count || self.aggregation == .rate
        guard let metric else { return isCount ? 0...Double.infinity : -Double.infinity...Double.infinity }
        let isPart = metric.unit == .percent && !isCount && self.aggregation != .sum
        // What a store takes may come to be above its quota, when the quota is lowered.
        return isPart && metric != .storeUtilization ? 0...100 : 0...Double.infinity
    }
}
