/// All samples of one exported metric, as Prometheus and OpenMetrics group them.
public struct MetricFamily: Sendable, Hashable {
    /// What a family's samples mean to those who query them.
    public enum Kind: String, Sendable {
        /// Only grows, until a restart; its samples end in `_total`.
        case counter
        /// Goes up and down.
        case gauge
        /// Percentiles, with `_sum` and `_count`.
        case summary
    }

    /// One line of the text.
    public struct Sample: Sendable, Hashable {
        /// What is appended to the family's name: `_total`, `_sum`, `_count`, or nothing.
        public var suffix: String
        /// Names and values; both from closed sets, never a file's name.
        public var labels: [Label]
        /// In the family's base unit.
        public var value: Double

        /// Describes a line.
        public init(suffix: String = "", labels: [Label] = [], value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    /// A name and a value that tell samples of a family apart.
    public struct Label: Sendable, Hashable {
        /// `[a-zA-Z_][a-zA-Z0-9_]*`.
        public var name: String
        /// Any text.
        public var value: String

        /// Describes a label.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The name without `_total`: `[a-zA-Z_:][a-zA-Z0-9_:]*`, with the base unit at its end.
    public var name: String
    /// What is measured, for people, in a sentence.
    public var help: String
    /// What its samples mean.
    public var kind: Kind
    /// The lines; none where nothing was measured.
    public var samples: [Sample]

    /// Describes a family.
    public init(_ name: String, _ kind: Kind, help: String, samples: [Sample] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }
}
