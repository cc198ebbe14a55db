import Foundation
import Logging
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import Synchronization

extension FileStore {
    /// Removes blobs on disk that no row names: what a crash left between putting bytes in place and their commit, or of a
    /// content that was about to be kept in another encoding.
    ///
    /// Reads the names of all blobs on disk, a folder at a time, so it belongs in the background; it is needed only
    /// after an unclean stop (``wasUnclean``). Uploads may go on meanwhile. Files with other names are left alone.
    ///
    /// - Parameter progress: Told after each of the 256 folders: folders done, folders in all. What it throws ends the
    ///   sweep.
    /// - Returns: Blobs and bytes removed.
    /// - Throws: ``StoreError``, `.readOnly` where the store takes no writes; what `progress` throws.
    @discardableResult
    public func sweep(progress: (Int, Int) throws -> Void = { _, _ in }) async throws -> CollectionReport {
        do {
            var report = CollectionReport()
            for shard in UInt8.min...UInt8.max {
                try self.health.requireWritable()
                let names = try await self.onDiskThreads { try self.blobs.blobs(inShard: shard) }
                for name in names where try !self.hasRow(for: name) {
                    guard let bytes = try await self.removeOrphan(name, isDryRun: false) else { continue }
                    report.bytes += bytes
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
            self.isSweepDue.store(false, ordering: .releasing)
            return report
        } catch {
            if let error = error as? BlobError { self.health.note(error) }
            throw StoreError.translated(error)
        }
    }

    /// - Returns: Its bytes; `nil` where it was an upload's after all.
    func removeOrphan(_ orphan: BlobOnDisk, isDryRun: Bool) async throws -> Int64? {
        let removed = try await self.pins.withExclusive(on: orphan.blob) {
            // Pinned since the look? Then an upload has brought it; exclusively held, no upload can.
            guard try !self.hasRow(for: orphan) else { return nil as Int64? }
            guard !isDryRun else { return orphan.size }
            try await self.onDiskThreads { try self.blobs.remove(orphan.blob, encoding: orphan.encoding) }
            return orphan.size
        }
        return removed ?? nil
    }

    /// Whether a row names the blob's file; the row of a content that is inline, or in another encoding, does not.
    func hasRow(for file: BlobOnDisk) throws -> Bool {
        try self.catalog.blob(file.blob)?.encoding == file.encoding.rawValue
    }
}
