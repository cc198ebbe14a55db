package import PurserMonitor

/// One family of `GET /metrics`: its description, and how its samples come from the figures.
package struct ExportedMetric: Sendable {
    typealias Sample = MetricFamily.Sample
    typealias Label = MetricFamily.Label

    /// The family's name, without `_total`.
    package let name: String
    /// What its samples mean.
    package let kind: MetricFamily.Kind
    /// What is measured.
    package let help: String
    /// Names of the labels; their values come from closed or bounded sets.
    package let labels: [String]
    let samples: @Sendable (MetricsState) -> [Sample]

    init(
        _ name: String,
        _ kind: MetricFamily.Kind,
        _ help: String,
        labels: [String] = [],
        samples: @escaping @Sendable (MetricsState) -> [Sample]
    ) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
        self.samples = samples
    }

    /// A family of one sample without labels; none where there is no figure.
    init(
        _ name: String,
        _ kind: MetricFamily.Kind,
        _ help: String,
        value: @escaping @Sendable (MetricsState) -> Double?
    ) {
        self.init(name, kind, help) { state in
            value(state).map { [Sample(suffix: kind == .counter ? "_total" : "", value: $0)] } ?? []
        }
    }

    /// The name as it stands in front of its samples, where they have one.
    package var fullName: String { self.kind == .counter ? "\(self.name)_total" : self.name }

    /// The family with its samples.
    func family(_ state: MetricsState) -> MetricFamily {
        MetricFamily(self.name, self.kind, help: self.help, samples: self.samples(state))
    }

    /// All of them, in the order of their export.
    package static let all: [ExportedMetric] =
        Self.operations + Self.resources + Self.storage + Self.store + Self.machine + Self.trouble + Self.processing
        + Self.users
}

extension MetricFamily.Sample {
    /// The percentiles, the sum and the count of a summary.
    static func summary(
        _ labels: [MetricFamily.Label],
        count: UInt64,
        sum: Double,
        percentiles: [(String, Double)]
    ) -> [Self] {
        guard count > 0 else { return [] }
        return percentiles.map { quantile, value in
            Self(labels: labels + [.init("quantile", quantile)], value: value)
        } + [
            Self(suffix: "_sum", labels: labels, value: sum),
            Self(suffix: "_count", labels: labels, value: Double(count)),
        ]
    }
}
