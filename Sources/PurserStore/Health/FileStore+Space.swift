import Logging
import PurserBlobs
import PurserCatalog
import Synchronization

/// How full the store and its disk are, in bytes.
public struct StoreSpace: Sendable, Equatable {
    /// Size of the disk.
    public var diskBytes: Int64
    /// Free for us on the disk.
    public var availableBytes: Int64
    /// What uploads may still take: above the floor and within the quota; negative where that is overdrawn.
    public var uploadableBytes: Int64
}

extension FileStore {
    /// Measures the disk.
    ///
    /// One `statvfs`, and counters.
    public func space() throws -> StoreSpace {
        do {
            let disk = try self.blobs.space()
            var uploadable = disk.available - self.configuration.freeSpaceFloor(onDiskOf: disk.total)
            if let quota = self.configuration.quota {
                // In this order: what is committed in between is counted twice rather than not at all.
                let uncommitted = self.uncommitted.count
                uploadable = min(uploadable, quota - (try self.catalog.totals().physicalBytes) - uncommitted)
            }
            return StoreSpace(diskBytes: disk.total, availableBytes: disk.available, uploadableBytes: uploadable)
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// Bytes of the disk that the second form of a content may take while it is written; negative where there are none.
    ///
    /// Half of the free-space floor may be used meanwhile: else a store on a full disk could not be made smaller.
    package func roomForSecondForms() throws -> Int64 {
        do {
            let disk = try self.blobs.space()
            return disk.available - self.configuration.freeSpaceFloor(onDiskOf: disk.total) / 2
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// Gives the preallocated space back to a full disk.
    ///
    /// - Returns: Whether there was any to give.
    func releaseReserve() -> Bool {
        let isFirst = self.isReserveReleased.withLock { isReleased in
            defer { isReleased = true }
            return !isReleased
        }
        guard isFirst else { return false }
        self.logger.warning("disk full: the reserve is released, so that deletes keep working")
        return self.reserve.release()
    }

    /// Takes the reserve again once there is room for it.
    func restoreReserve() {
        let isTaken = self.reserve.restore()
        self.isReserveReleased.withLock { $0 = !isTaken }
    }
}

extension FileStore {
    /// Takes the reserve again where it was released and there is room for it.
    package func retakeReserve() throws {
        guard self.isReserveReleased.withLock({ $0 }), try self.space().uploadableBytes > 0 else { return }
        self.restoreReserve()
    }
}
