import Foundation
import Logging
import PurserBlobs
import PurserCatalog
import PurserIdentifiers

extension FileStore {
    /// Removes blobs on disk that no row names: what a crash left between putting bytes in place and their commit.
    ///
    /// Reads the names of all blobs on disk, a folder at a time, so it belongs in the background; it is needed only
    /// after an unclean stop (``wasUnclean``). Uploads may go on meanwhile. Files with other names are left alone.
    ///
    /// - Parameter progress: Told after each of the 256 folders: folders done, folders in all. What it throws ends the
    ///   sweep.
    /// - Returns: Blobs and bytes removed.
    /// - Throws: ``StoreError``; what `progress` throws.
    @discardableResult
    public func sweep(progress: (Int, Int) throws -> Void = { _, _ in }) async throws -> CollectionReport {
        do {
            var report = CollectionReport()
            for shard in UInt8.min...UInt8.max {
                let names = try await self.onDiskThreads { try self.blobs.blobs(inShard: shard) }
                for name in names where try self.catalog.blob(name.blob) == nil {
                    report.bytes += try await self.removeOrphan(name)
                    report.blobs += 1
                }
                try progress(Int(shard) + 1, 256)
            }
            if report.blobs > 0 {
                self.logger.notice(
                    "removed bytes that a crash left behind",
                    metadata: ["purser.blobs": "\(report.blobs)", "purser.bytes": "\(report.bytes)"]
                )
            }
            return report
        } catch {
            throw StoreError.translated(error)
        }
    }

    private func removeOrphan(_ orphan: BlobOnDisk) async throws -> Int64 {
        let removed = try await self.pins.withExclusive(on: orphan.blob) {
            // Pinned since the look? Then an upload has brought it; exclusively held, no upload can.
            guard try self.catalog.blob(orphan.blob) == nil else { return Int64(0) }
            try await self.onDiskThreads { try self.blobs.remove(orphan.blob) }
            return orphan.size
        }
        return removed ?? 0
    }
}
