public import Foundation

/// What operations of one kind came to since the start.
public struct KindSummary: Sendable, Hashable {
    /// Failures of one code.
    public struct ErrorTally: Sendable, Hashable {
        /// The code; `other` for what comes after the first 64.
        public var code: String
        /// How many.
        public var count: UInt64
        /// What the last of them said, for people; at most 500 characters.
        public var lastMessage: String
        /// When the last of them was.
        public var lastAt: Date
    }

    /// The kind; `other` for those that come after the first 100.
    public var kind: String
    /// How many ended, those refused included.
    public var count: UInt64 = 0
    /// Those that did what they were to do.
    public var succeeded: UInt64 = 0
    /// Those that an error ended, those refused not included.
    public var failed: UInt64 = 0
    /// Those that somebody cancelled, while they waited or ran.
    public var cancelled: UInt64 = 0
    /// Those that made no progress, or were too slow.
    public var timedOut: UInt64 = 0
    /// Those that got no slot.
    public var refused: UInt64 = 0
    /// What ended those that did not succeed, the most frequent first.
    public var errors: [ErrorTally] = []
    /// Bytes moved by all of them.
    public var bytes: Int64 = 0
    /// These bytes over the time for which slots were held, summed over operations; `nil` where none moved any.
    public var bytesPerSecond: Double?
    /// How long those ran that ran at all.
    public var duration = DurationFigures()
    /// How long those waited that got a slot, or waited until their limit.
    public var wait = DurationFigures()
    /// CPU time, in seconds, of those whose time could be told apart; `nil` where there were none.
    public var cpuSeconds: Double?
    /// The most bytes that were reserved for one of them.
    public var highestMemoryReserved = 0
    /// The most bytes of RAM that a child of one of them held; `nil` where there were no children.
    public var highestChildResidentBytes: Int64?

    /// Describes a kind of which nothing ended yet.
    public init(kind: String) {
        self.kind = kind
    }

    /// The share of those succeeded among those succeeded, failed and timed out, in percent; `nil` where there are none.
    public var successRatePercent: Double? {
        let judged = self.succeeded + self.failed + self.timedOut
        return judged == 0 ? nil : 100 * Double(self.succeeded) / Double(judged)
    }
}
