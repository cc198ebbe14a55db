public import Foundation
public import PurserIdentifiers
public import PurserOperations

/// A failure as the log of errors keeps it.
public struct ErrorEntry: Sendable, Hashable, Identifiable {
    /// Counts the entries since the start, from 1.
    public internal(set) var id: Int
    /// Stable and public, in snake case.
    public var code: String
    /// For people.
    public var message: String
    /// How much it matters.
    public var severity: ErrorSeverity
    /// The kind of the operation that failed; `nil` where there was none.
    public var kind: String?
    /// The operation that failed.
    public var operation: OperationID?
    /// Facts for people; never labels.
    public var context: [String: String]
    /// When it happened.
    public var time: Date
    /// What became of it.
    public var recovery: ErrorRecovery

    /// Whether another attempt can make it good; not so where it is critical.
    public var isRecoverable: Bool { self.severity < .critical }

    /// Describes a failure.
    ///
    /// Texts are cut to the bounds of ``Bounds``.
    ///
    /// - Parameters:
    ///   - code: Stable and public, in snake case.
    ///   - message: For people.
    ///   - severity: How much it matters; by the code where it is `nil`.
    ///   - kind: The kind of the operation that failed.
    ///   - operation: The operation that failed.
    ///   - context: Facts for people.
    ///   - time: When it happened.
    ///   - isRecovered: Whether another attempt has made it good already.
    public init(
        code: String,
        message: String,
        severity: ErrorSeverity? = nil,
        kind: String? = nil,
        operation: OperationID? = nil,
        context: [String: String] = [:],
        time: Date,
        isRecovered: Bool = false
    ) {
        self.id = 0
        self.code = Bounds.cut(code, to: Bounds.code)
        self.message = Bounds.cut(message, to: Bounds.message)
        self.severity = severity ?? ErrorSeverity(code: code)
        self.kind = kind.map { Bounds.cut($0, to: Bounds.code) }
        self.operation = operation
        self.context = Bounds.cut(context)
        self.time = time
        self.recovery = isRecovered ? .recovered : .unhandled
    }

    /// Takes the failure from the report of an operation.
    ///
    /// - Returns: `nil` for an operation that succeeded or was cancelled.
    public init?(_ report: OperationReport) {
        guard report.state == .failed || report.state == .timedOut, let error = report.error else { return nil }
        self.init(
            code: error.code,
            message: error.message,
            kind: report.kind,
            operation: report.id,
            context: report.metadata.merging(["name": report.name, "client": report.client]) { own, _ in own },
            time: report.endedAt
        )
    }

    /// How long the texts of an entry may be, in bytes of UTF-8.
    public enum Bounds {
        /// A code, a kind, or the name of a fact.
        public static let code = 64
        /// A message.
        public static let message = 1_000
        /// The value of a fact.
        public static let value = 256
        /// Facts of one entry.
        public static let facts = 16

        static func cut(_ text: String, to bytes: Int) -> String {
            guard text.utf8.count > bytes else { return text }
            var count = 0
            return String(
                text.unicodeScalars.prefix { scalar in
                    count += UTF8.width(scalar)
                    return count <= bytes
                }
            )
        }

        static func cut(_ context: [String: String]) -> [String: String] {
            let kept = context.sorted { $0.key < $1.key }.prefix(Self.facts)
            let pairs = kept.map { (Self.cut($0.key, to: Self.code), Self.cut($0.value, to: Self.value)) }
            return Dictionary(pairs) { first, _ in first }
        }
    }
}

/// What became of an error.
public enum ErrorRecovery: String, Sendable, CaseIterable, Codable {
    /// Handlers are at work on it.
    case pending
    /// Another attempt or a handler made it good.
    case recovered
    /// It stayed.
    case unhandled
}
