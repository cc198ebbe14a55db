/// A setting that cannot be: which, what it got, and what it takes.
public struct SettingProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The dotted key, such as `resources.queue.capacity`.
    public var key: String
    /// The value it got.
    public var got: String
    /// What it takes.
    public var takes: String

    /// Describes a problem.
    public init(_ key: String, got: String, takes: String) {
        self.key = key
        self.got = got
        self.takes = takes
    }

    /// One line for people.
    public var description: String { "\(self.key): got \(self.got), takes \(self.takes)" }
}
