import Foundation

/// One line of the report.
struct Row: Codable {
    /// What a row is held against.
    enum Bar: Codable {
        case atMost(Double)
        case atLeast(Double)
        /// Only shown.
        case none
    }

    /// Stable name; compared between runs.
    var name: String
    var unit: String
    var bar: Bar
    var samples: Samples
    /// Which of the samples counts: the median, or the best where noise only ever adds.
    var countsBest = false
    /// Whether it is CPU time per unit of work, where growth fails a comparison.
    var isCost = false

    var value: Double {
        guard self.countsBest else { return self.samples.median }
        if case .atLeast = self.bar { return self.samples.max }
        return self.samples.min
    }

    /// Whether the bar is held; `nil` where there is none.
    var isHeld: Bool? {
        switch self.bar {
        case .atMost(let limit): self.value <= limit
        case .atLeast(let limit): self.value >= limit
        case .none: nil
        }
    }

    var barText: String {
        switch self.bar {
        case .atMost(let limit): "≤ \(Self.text(limit))"
        case .atLeast(let limit): "≥ \(Self.text(limit))"
        case .none: ""
        }
    }

    /// A number with three significant digits.
    static func text(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
        let digits = 2 - Int(log10(abs(value)).rounded(.down))
        if digits <= 0 { return value.formatted(.number.precision(.fractionLength(0)).locale(.init(identifier: "en"))) }
        return String(format: "%.\(digits)f", value)
    }
}
