/// The samples of one metric within a window, and what they come to.
struct WindowReading {
    /// The samples in the order of their arrival.
    let samples: [StoredSample]
    /// The distinct subjects of the metric.
    let subjects: [String]
    /// The subject of each tag set, as an index of ``subjects``.
    let subjectOfSet: [UInt16]
    /// The window's length in seconds; above zero.
    let seconds: Double

    /// The figure for each subject that has samples.
    ///
    /// Where the metric has one subject only, a count, a sum and a rate of nothing are 0; any other figure of nothing is
    /// no reading.
    func readings(_ aggregation: Aggregation) -> [MetricReading] {
        guard self.subjects.count > 1 else {
            let value = self.figure(aggregation, of: self.samples)
            return value.map { [MetricReading(subject: "", value: $0, samples: self.samples.count)] } ?? []
        }
        var groups = [[StoredSample]](repeating: [], count: self.subjects.count)
        for sample in self.samples { groups[Int(self.subjectOfSet[Int(sample.tags)])].append(sample) }
        return zip(self.subjects, groups).compactMap { subject, group in
            guard !group.isEmpty, let value = self.figure(aggregation, of: group) else { return nil }
            return MetricReading(subject: subject, value: value, samples: group.count)
        }
    }

    private func figure(_ aggregation: Aggregation, of samples: [StoredSample]) -> Double? {
        switch aggregation {
        case .count: Double(samples.count)
        case .last: Self.last(samples)
        case .mean: samples.isEmpty ? nil : Self.sum(samples) / Double(samples.count)
        case .min: samples.lazy.map(\.value).min()
        case .max: samples.lazy.map(\.value).max()
        case .sum: Self.sum(samples)
        case .rate: Double(samples.count) / self.seconds
        case .p50: Self.percentile(50, samples)
        case .p90: Self.percentile(90, samples)
        case .p95: Self.percentile(95, samples)
        case .p99: Self.percentile(99, samples)
        }
    }

    /// Of several with the latest time, the one that came last.
    private static func last(_ samples: [StoredSample]) -> Double? {
        guard var last = samples.first else { return nil }
        for sample in samples where sample.time >= last.time { last = sample }
        return last.value
    }

    private static func sum(_ samples: [StoredSample]) -> Double {
        samples.reduce(0) { $0 + $1.value }
    }

    private static func percentile(_ percent: Double, _ samples: [StoredSample]) -> Double? {
        var values = samples.map(\.value)
        return OrderStatistics.percentile(percent, of: &values)
    }
}
