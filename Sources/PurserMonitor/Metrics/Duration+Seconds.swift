extension Duration {
    /// The duration as seconds with their fraction.
    var seconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// Whole milliseconds, within what an `Int64` holds.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (scaled, isBeyond) = seconds.multipliedReportingOverflow(by: 1_000)
        return isBeyond ? (seconds < 0 ? .min : .max) : scaled &+ attoseconds / 1_000_000_000_000_000
    }
}
