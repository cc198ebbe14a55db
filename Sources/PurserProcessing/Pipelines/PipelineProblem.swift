/// What is wrong with a pipeline's file.
public struct PipelineProblem: Error, Sendable, Hashable {
    /// The file.
    public var file: String
    /// The line, the first one being 1; 0 where it is about the file as a whole.
    public var line: Int
    /// What is wrong, and what to do.
    public var reason: String

    /// Describes a problem.
    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }
}

extension PipelineProblem: CustomStringConvertible {
    /// One line for people: `image.yaml:12: steps[1].weight takes …`.
    public var description: String {
        self.line > 0 ? "\(self.file):\(self.line): \(self.reason)" : "\(self.file): \(self.reason)"
    }
}

/// All that is wrong with pipelines.
public struct PipelineProblems: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one, in the order of files and lines.
    public var problems: [PipelineProblem]

    /// Brings problems together; at least one.
    public init(problems: [PipelineProblem]) {
        self.problems = problems
    }

    /// A line for each.
    public var description: String { self.problems.map(\.description).joined(separator: "\n") }
}
