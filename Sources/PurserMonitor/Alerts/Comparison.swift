/// How a figure is held against a threshold.
public enum Comparison: String, Sendable, CaseIterable, Codable {
    /// The figure is more.
    case above = ">"
    /// The figure is as much or more.
    case atLeast = ">="
    /// The figure is less.
    case below = "<"
    /// The figure is as much or less.
    case atMost = "<="

    /// Whether it holds.
    public func holds(_ value: Double, _ threshold: Double) -> Bool {
        switch self {
        case .above: value > threshold
        case .atLeast: value >= threshold
        case .below: value < threshold
        case .atMost: value <= threshold
        }
    }

    /// Whether it holds for some figures of a range and not for others.
    ///
    /// - Parameters:
    ///   - threshold: What the figures are held against.
    ///   - range: The figures that there can be.
    /// - Returns: `false` where it always or never holds, so that a rule would say nothing.
    func isDecisive(_ threshold: Double, in range: ClosedRange<Double>) -> Bool {
        self.holds(range.lowerBound, threshold) != self.holds(range.upperBound, threshold)
    }
}
