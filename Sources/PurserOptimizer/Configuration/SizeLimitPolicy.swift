public import PurserIdentifiers

/// Which files go first.
public enum RemovalOrder: String, Sendable, CaseIterable {
    /// Those that were written the longest time ago.
    case oldest
    /// Those that were neither read nor written for the longest time.
    case leastRecentlyUsed = "lru"
    /// The largest.
    case largest
}

/// How large the store may be: `optimizer.size_limit`.
public struct SizeLimitPolicy: Sendable, Hashable {
    /// A limit on what one bucket takes.
    public struct BucketLimit: Sendable, Hashable {
        /// The bucket.
        public var bucket: BucketName
        /// Bytes as kept of the contents that its files have, each once, above which files go.
        ///
        /// A content that another bucket has too counts all the same: removing its names here empties this bucket, and the
        /// store keeps the bytes.
        public var maxBytes: Int64
        /// Bytes down to which they go; nine tenths of the limit where there is none.
        public var lowMark: Int64?

        /// Describes a limit.
        public init(_ bucket: BucketName, maxBytes: Int64, lowMark: Int64? = nil) {
            self.bucket = bucket
            self.maxBytes = maxBytes
            self.lowMark = lowMark
        }
    }

    /// `optimizer.size_limit.enabled`: whether runs that name no strategies keep the limit.
    public var isEnabled = false
    /// `optimizer.size_limit.max_storage_size`: bytes as kept, of contents that files have, above which files go.
    public var maxStorageSize: Int64 = 10_000_000_000
    /// `optimizer.size_limit.low_mark`: bytes down to which they go; nine tenths of the limit where there is none.
    public var lowMark: Int64?
    /// `optimizer.size_limit.policy`: which files go first; `oldest`, `lru` or `largest`.
    public var order = RemovalOrder.leastRecentlyUsed
    /// `optimizer.size_limit.filter`: only these files go.
    public var filter = FileFilter()
    /// `optimizer.size_limit.buckets`: limits of buckets, by the bytes that they take.
    public var buckets: [BucketLimit] = []

    /// The defaults.
    public init() {}

    func check(_ check: inout SettingCheck) {
        Self.check(&check, "size_limit", high: ("max_storage_size", self.maxStorageSize), low: self.lowMark)
        self.filter.check(&check, "size_limit.filter")
        for (index, limit) in self.buckets.enumerated() {
            Self.check(&check, "size_limit.buckets[\(index)]", high: ("max_bytes", limit.maxBytes), low: limit.lowMark)
        }
    }

    private static func check(_ check: inout SettingCheck, _ key: String, high: (String, Int64), low: Int64?) {
        check.expect(high.1 > 0, "\(key).\(high.0)", high.1, "1 byte or more")
        guard let low else { return }
        check.expect(low >= 0 && low < high.1, "\(key).low_mark", low, "0 to less than optimizer.\(key).\(high.0)")
    }

    /// The mark down to which files go.
    static func lowMark(_ mark: Int64?, of limit: Int64) -> Int64 { mark ?? limit / 10 * 9 }
}
