extension MetricSample {
    /// Makes sure that a user's sample can be taken; gives its time in milliseconds since 1970.
    func check(_ tags: MetricTags, now: Int64) throws(MonitorError) -> Int64 {
        let isBuiltIn = try Self.checkName(self.metric)
        guard self.value.magnitude <= Self.maxMagnitude, !isBuiltIn || self.value >= 0 else {
            let least = isBuiltIn ? "0" : "-10^18"
            throw MonitorError(.invalidMetricValue, "the value must be a number from \(least) to 10^18")
        }
        if let problem = tags.problem { throw MonitorError(.invalidTags, problem) }
        let contextBytes = self.context.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard contextBytes <= Self.maxContextBytes else {
            throw MonitorError(
                .contextTooLarge,
                "the context has \(contextBytes) bytes: at most \(Self.maxContextBytes) are kept"
            )
        }
        let time = self.timestamp?.milliseconds ?? now
        let earliest = now - Self.maxBehind.milliseconds
        guard (earliest...(now + Self.maxAhead.milliseconds)).contains(time) else {
            throw MonitorError(.invalidTimestamp, "the timestamp must be at most 5 minutes ahead and 7 days back")
        }
        return time
    }

    private static func checkName(_ name: String) throws(MonitorError) -> Bool {
        if let metric = BuiltInMetric(rawValue: name) {
            guard BuiltInMetric.essential.contains(metric) else {
                throw MonitorError(.reservedMetricName, "Purser alone records '\(name)'")
            }
            return true
        }
        guard MetricName.isWellFormed(name) else {
            throw MonitorError(
                .invalidMetricName,
                "a metric's name must be a lower-case letter followed by up to 63 of a-z, 0-9, '_' and '.'"
            )
        }
        return false
    }
}
