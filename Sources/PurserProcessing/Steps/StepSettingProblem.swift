/// A setting of a step, or of anything else in a pipeline's file, that cannot be.
public struct StepSettingProblem: Error, Sendable, Hashable {
    /// Where in the file it stands, such as `steps[2].with.quality`.
    public var key: String
    /// What is wrong, and what it takes.
    public var reason: String
    /// The line, the first one being 1; 0 where it is from no file.
    public var line: Int

    /// Describes a problem.
    public init(_ key: String, _ reason: String, line: Int = 0) {
        self.key = key
        self.reason = reason
        self.line = line
    }
}

extension StepSettingProblem: CustomStringConvertible {
    /// Key and reason.
    public var description: String { "\(self.key): \(self.reason)" }
}
