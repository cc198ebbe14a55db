import PurserOperations
import Foundation
import PurserCatalog

/// What the age of a file is counted from.
public enum AgeBasis: String, Sendable, CaseIterable {
    /// From its last write.
    case modified
    /// From its last read or write.
    case accessed
}

/// Which files are too old: `optimizer.age`.
public struct AgePolicy: Sendable, Hashable {
    /// A rule for some of the files, in the place of the limit for all.
    public struct Rule: Sendable, Hashable {
        /// The files.
        public var filter: FileFilter
        /// Files older than this go; `nil` keeps them for ever.
        public var maxFileAge: Duration?

        /// Describes a rule.
        public init(_ filter: FileFilter, maxFileAge: Duration?) {
            self.filter = filter
            self.maxFileAge = maxFileAge
        }
    }

    /// `optimizer.age.enabled`: whether runs that name no strategies remove old files, those of the schedule among them.
    ///
    /// Off: nobody loses files by starting a service. Whoever asks for the strategy by its name gets it all the same.
    public var isEnabled = false
    /// `optimizer.age.max_file_age`: files older than this go; `nil` keeps those that no rule is about.
    public var maxFileAge: Duration? = .seconds(30 * 86_400)
    /// `optimizer.age.basis`: what the age is counted from; `modified` or `accessed`.
    public var basis = AgeBasis.modified
    /// `optimizer.age.rules`: of these the first that is about a file decides.
    public var rules: [Rule] = []

    /// The defaults.
    public init() {}

    func check(_ check: inout SettingCheck) {
        if let maxFileAge {
            check.expect(maxFileAge > .zero, "age.max_file_age", maxFileAge, "a duration above 0s, or none")
        }
        for (index, rule) in self.rules.enumerated() {
            rule.filter.check(&check, "age.rules[\(index)]")
            guard let age = rule.maxFileAge else { continue }
            check.expect(age > .zero, "age.rules[\(index)].max_file_age", age, "a duration above 0s, or none")
        }
    }

    /// The shortest age at which anything goes; `nil` where nothing ever does.
    var shortestAge: Duration? {
        (self.rules.map(\.maxFileAge) + [self.maxFileAge]).compactMap { $0 }.min()
    }

    /// Why a file is too old; `nil` where it is not.
    ///
    /// - Throws: `CatalogError` where its metadata cannot be read.
    func reason(for file: FileCandidate, at now: Date) throws -> String? {
        let rule = try self.rules.first { try $0.filter.matches(file) }
        let limit = if let rule { rule.maxFileAge } else { self.maxFileAge }
        guard let limit else { return nil }
        let since = self.basis == .modified ? file.modifiedAt : file.usedAt
        let age = now.timeIntervalSince(since)
        guard age > limit.inSeconds else { return nil }
        return
            "\(self.basis == .modified ? "written" : "used") \(Self.days(age)) ago, limit \(Self.days(limit.inSeconds))"
    }

    private static func days(_ seconds: Double) -> String {
        let days = (seconds / 86_400 * 10).rounded(.down) / 10
        return days >= 1 ? "\(days) d" : "\(Int(seconds)) s"
    }
}
