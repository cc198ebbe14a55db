/// Settings that cannot be used: all of them, not only the first.
public struct SettingsError: Error, Sendable {
    /// One setting that cannot be used.
    public struct Problem: Sendable, Hashable {
        /// The dotted key, or the file's name where the file as a whole cannot be read.
        public var key: String
        /// What is wrong: what it got, what it takes, and where it stands.
        public var message: String

        /// Describes a problem.
        public init(key: String, message: String) {
            self.key = key
            self.message = message
        }
    }

    /// The problems, in the order in which they were found; never empty.
    public var problems: [Problem]

    /// Describes problems.
    public init(_ problems: [Problem]) {
        self.problems = problems
    }
}

extension SettingsError: CustomStringConvertible {
    /// A line for each problem.
    public var description: String {
        self.problems.map { "\($0.key): \($0.message)" }.joined(separator: "\n")
    }
}
