/// What a step made of a file.
public struct StepOutput: Sendable, Hashable, Codable {
    /// The files that it made, to be kept beside the source or to be read by later steps.
    public var files: [StepFile]
    /// What it found out, such as `width` or `pages`; kept in the report.
    public var values: [String: StepValue]
    /// What it did instead of what it should have done, for the report; `nil` where all went as planned.
    public var fallback: String?

    /// Describes an output.
    public init(files: [StepFile] = [], values: [String: StepValue] = [:], fallback: String? = nil) {
        self.files = files
        self.values = values
        self.fallback = fallback
    }
}

/// A file that a step made.
public struct StepFile: Sendable, Hashable, Codable {
    /// What it is called beside its source: one to four path components of letters, digits, `.`, `_` and `-`.
    public var name: String
    /// Where it lies, under the step's folder.
    public var path: String
    /// Its media type.
    public var contentType: String
    /// Whether it is kept when the job ends; otherwise it is there for later steps only.
    public var isKept: Bool

    /// Describes a file.
    public init(name: String, path: String, contentType: String, isKept: Bool = true) {
        self.name = name
        self.path = path
        self.contentType = contentType
        self.isKept = isKept
    }
}
