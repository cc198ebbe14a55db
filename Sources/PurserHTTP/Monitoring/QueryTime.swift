import Foundation
import Purser

/// Times and durations in queries.
enum QueryTime {
    /// A time in RFC 3339, or seconds since 1970.
    static func parse(_ text: String, name: String) throws -> Date {
        if let seconds = Double(text), seconds.isFinite, abs(seconds) < 1e12 {
            return Date(timeIntervalSince1970: seconds)
        }
        // A plus sign in a query is a space where nobody has encoded it.
        let text = text.replacing(" ", with: "+")
        for style in [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)] {
            // Not in this form: the next one may fit.
            if let date = try? style.parse(text) { return date }
        }
        throw Problem.malformed(
            "invalid_parameter",
            "'\(name)' takes a time such as 2026-11-21T03:00:00Z, or seconds since 1970"
        )
    }

    /// A duration such as `5m`.
    static func duration(_ text: String, name: String) throws -> Duration {
        guard let duration = DurationText.parse(text), duration > .zero else {
            throw Problem.malformed("invalid_parameter", "'\(name)' takes a duration such as 60s or 1h")
        }
        return duration
    }
}
