package import Foundation

extension Date {
    /// RFC 3339 in UTC with milliseconds.
    package var rfc3339: String {
        self.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

extension Duration {
    /// In seconds.
    package var exactSeconds: Double {
        Double(self.components.seconds) + Double(self.components.attoseconds) * 1e-18
    }
}
