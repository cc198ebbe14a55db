import PurserOperations

/// The field by which an answer tells where its time went (<https://www.w3.org/TR/server-timing/>).
enum ServerTiming {
    /// Writes the stages in their order; in milliseconds, to the microsecond.
    ///
    /// - Returns: `nil` where no stage took any time.
    static func field(_ stages: OperationStages) -> String? {
        guard !stages.isEmpty else { return nil }
        var text = ""
        for (stage, duration) in stages.all {
            if !text.isEmpty { text += ", " }
            text += "\(stage.rawValue);dur=\(self.milliseconds(duration))"
        }
        return text
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let digits = String(microseconds % 1000)
        return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
    }
}
