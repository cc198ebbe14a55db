public import PurserIdentifiers

/// Whether and how counts are checked: `optimizer.deduplication`.
public struct DeduplicationPolicy: Sendable, Hashable {
    /// `optimizer.deduplication.enabled`: whether runs that name no strategies check counts.
    public var isEnabled = true
    /// `optimizer.deduplication.remove_duplicates`: buckets in which, of several names of one content, only the oldest
    /// stays (`keep_oldest`); none unless told otherwise.
    public var keepsOldestOnly: Set<BucketName> = []

    /// The defaults.
    public init() {}
}

/// Whether and how contents are encoded: `optimizer.compression`.
public struct CompressionPolicy: Sendable, Hashable {
    /// `optimizer.compression.enabled`: whether runs that name no strategies encode contents.
    public var isEnabled = true
    /// `optimizer.compression.codec`: `zstd` or `gzip`.
    public var codec = "zstd"
    /// `optimizer.compression.level`: how hard it tries; 1 to 19 for zstd, 1 to 9 for gzip, the codec's own where there is
    /// none.
    public var level: Int?
    /// `optimizer.compression.min_size`: contents of fewer bytes stay as they are; at least 1.
    public var minSize: Int64 = 512

    /// The defaults.
    public init() {}

    /// What contents are judged under: with another codec or level, all are judged anew.
    var verdict: String { "\(self.codec):\(self.level.map(String.init) ?? "default"):\(self.minSize)" }

    func check(_ check: inout SettingCheck) {
        let levels = ["zstd": 1...19, "gzip": 1...9]
        check.expect(levels[self.codec] != nil, "compression.codec", self.codec, "zstd or gzip")
        if let level, let range = levels[self.codec] {
            check.expect(
                range.contains(level),
                "compression.level",
                level,
                "\(range.lowerBound) to \(range.upperBound)"
            )
        }
        check.expect(self.minSize >= 1, "compression.min_size", self.minSize, "1 byte or more")
    }
}

/// Whether what nothing refers to is removed: `optimizer.collection`.
public struct CollectionPolicy: Sendable, Hashable {
    /// `optimizer.collection.enabled`: whether runs that name no strategies collect.
    public var isEnabled = true

    /// The defaults.
    public init() {}
}

/// Whether and how often all contents are read again: `optimizer.verification`.
public struct VerificationPolicy: Sendable, Hashable {
    /// `optimizer.verification.enabled`: whether runs that name no strategies verify their part.
    public var isEnabled = true
    /// `optimizer.verification.period`: the time in which everything is read once; at least an hour.
    public var period = Duration.seconds(30 * 86_400)

    /// The defaults.
    public init() {}

    func check(_ check: inout SettingCheck) {
        check.expect(self.period >= .seconds(3_600), "verification.period", self.period, "1h or more")
    }
}
