/// What the repetitions of a measurement gave.
struct Samples: Codable {
    private(set) var values: [Double] = []

    init(_ values: [Double] = []) {
        self.values = values
    }

    mutating func append(_ value: Double) { self.values.append(value) }

    var min: Double { self.values.min() ?? .nan }
    var max: Double { self.values.max() ?? .nan }
    var median: Double {
        let sorted = self.values.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// The same of each value.
    func map(_ transform: (Double) -> Double) -> Samples { Samples(self.values.map(transform)) }

    /// Pair by pair, as measured one right after the other.
    static func / (one: Samples, other: Samples) -> Samples {
        Samples(zip(one.values, other.values).map(/))
    }
}
