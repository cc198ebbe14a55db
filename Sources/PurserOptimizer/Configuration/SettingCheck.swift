import PurserOperations

/// Collects the settings that cannot be.
struct SettingCheck {
    private(set) var problems: [SettingProblem] = []

    /// Notes a setting of the optimizer unless a condition holds.
    ///
    /// - Parameters:
    ///   - holds: What must hold.
    ///   - key: The key below `optimizer`.
    ///   - value: What it got.
    ///   - accepted: What it takes.
    mutating func expect(_ holds: Bool, _ key: String, _ value: some Any, _ accepted: String) {
        guard !holds else { return }
        self.problems.append(SettingProblem("optimizer.\(key)", got: "\(value)", takes: accepted))
    }
}
