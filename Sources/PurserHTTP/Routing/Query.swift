import Hummingbird

/// The parameters in the query of a request, decoded strictly.
///
/// The first of a name counts.
struct Query {
    private var values: [String: String] = [:]

    init(_ request: Request) throws {
        guard let query = request.uri.query else { return }
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decode(parts[0])
            let value = parts.count == 2 ? try Self.decode(parts[1]) : ""
            if self.values[name] == nil { self.values[name] = value }
        }
    }

    private static func decode(_ text: Substring) throws -> String {
        guard let bytes = PercentEncoding.decode(text.utf8, plusIsSpace: true),
            let decoded = String(validating: bytes, as: UTF8.self)
        else { throw Problem.malformed("invalid_parameter", "the query is not percent-encoded UTF-8") }
        return decoded
    }

    /// A parameter; `nil` where it is missing.
    subscript(name: String) -> String? { self.values[name] }

    /// A whole number within a range.
    func integer(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let text = self.values[name] else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            throw Problem.malformed(
                "invalid_parameter",
                "'\(name)' takes a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    /// One of several words; `nil` where it is missing.
    func choice<Value: RawRepresentable & CaseIterable>(_ name: String) throws -> Value?
    where Value.RawValue == String {
        guard let text = self.values[name] else { return nil }
        guard let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.malformed("invalid_parameter", "'\(name)' takes one of \(words)")
        }
        return value
    }
}
