public import SystemPackage

/// How exactly the catalog keeps when files were last read.
public enum AccessTracking: String, Sendable, CaseIterable {
    /// Not at all: what goes by the last use then goes by the last write.
    case off
    /// To the hour, with at most one write per file and hour.
    case hourly
}

/// How a store is kept.
public struct StoreConfiguration: Sendable {
    /// `storage.path`: the folder of the store.
    public var path: FilePath = "storage"

    /// `storage.create`: whether an empty or missing folder becomes a new store.
    ///
    /// Where it is false, an unmounted disk is not taken for one.
    public var createsWhenMissing = true

    /// `storage.inline_limit`: contents up to this many bytes are kept in the catalog; 0–1 MiB.
    public var inlineLimit = 64 * 1024

    /// `storage.collect_grace`: how long bytes stay after their last name went; not negative.
    public var collectGrace = Duration.seconds(3600)

    /// `storage.free_space_floor`: bytes of the disk that uploads leave free; `nil` is 1 GiB or 5 %, the smaller.
    public var freeSpaceFloor: Int64?

    /// `storage.quota`: bytes that the store may hold on disk; `nil` is no limit but the disk.
    public var quota: Int64?

    /// `storage.verify_reads`: whether whole reads are hashed on the way out.
    public var verifiesReads = false

    /// `storage.cache_size`: bytes of memory for rows and inline contents that were read lately; 0 keeps none.
    public var cacheBytes = 32 * 1024 * 1024

    /// `storage.track_access`: whether the catalog keeps when files were last read; `off` or `hourly`.
    public var accessTracking = AccessTracking.hourly

    /// The defaults.
    public init() {}

    /// The floor on a disk of a certain size.
    ///
    /// - Parameter total: Size of the disk in bytes.
    /// - Returns: Bytes.
    public func freeSpaceFloor(onDiskOf total: Int64) -> Int64 {
        self.freeSpaceFloor ?? min(1 << 30, total / 20)
    }

    /// How often the collector looks: every grace time, at most 10 minutes, at least a second.
    public var collectInterval: Duration {
        max(.seconds(1), min(self.collectGrace, .seconds(600)))
    }
}
