extension Duration {
    /// The duration as seconds with their fraction; exact to about a nanosecond below four months.
    package var inSeconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// Whole microseconds, cut to zero or more.
    var inMicroseconds: UInt64 {
        let (seconds, attoseconds) = self.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (scaled, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max : scaled &+ UInt64(attoseconds / 1_000_000_000_000)
    }
}
