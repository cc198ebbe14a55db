/// What tells samples of one metric apart: names and values, in the order of the names.
public struct MetricTags: Sendable, Hashable {
    /// One name and its value.
    public struct Pair: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The value.
        public let value: String
    }

    /// The most pairs that a user may give.
    public static let maxPairs = 8
    /// The longest value that a user may give, in bytes.
    public static let maxValueLength = 128

    /// No tags.
    public static let none = MetricTags([:])
    /// What counts together, because there are too many sets to tell them apart.
    public static let other = MetricTags(["other": "true"])

    /// The pairs in the order of their names, each name once.
    public let pairs: [Pair]

    /// Takes tags as they are; ``problem`` tells whether they can be.
    public init(_ tags: [String: String]) {
        self.pairs = tags.map { Pair(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
    }

    /// The tags by name.
    public var dictionary: [String: String] {
        Dictionary(self.pairs.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// The value of a name; `nil` where it is not among the tags.
    public func value(of name: String) -> String? {
        self.pairs.first { $0.name == name }?.value
    }

    /// What is wrong with tags that a user gave, for people; `nil` where nothing is.
    var problem: String? {
        guard self.pairs.count <= Self.maxPairs else { return "there are more than \(Self.maxPairs) tags" }
        for pair in self.pairs {
            guard MetricName.isWellFormed(pair.name) else {
                return "a tag's name must be a lower-case letter followed by up to 63 of a-z, 0-9, '_' and '.'"
            }
            guard pair.value.utf8.count <= Self.maxValueLength else {
                return "the value of tag '\(pair.name)' is longer than \(Self.maxValueLength) bytes"
            }
        }
        return nil
    }

    /// About how many bytes the tags take in memory.
    var cost: Int { self.pairs.reduce(128) { $0 + 96 + $1.name.utf8.count + $1.value.utf8.count } }
}
