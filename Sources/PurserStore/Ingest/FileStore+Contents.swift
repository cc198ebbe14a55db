import Logging
import PurserBlobs
import PurserCatalog
import PurserIdentifiers

extension FileStore {
    /// Finds out whether a new name can take a content up as it is kept.
    ///
    /// Bytes that went missing or were cut short are found here, before a second upload is told that all is well: its own
    /// bytes then take their place. Call it with the content pinned.
    ///
    /// - Returns: `false` where the caller has to bring the bytes; a row that stands in the way is then gone or flagged.
    func canBeTakenUp(_ blob: BlobID) async throws -> Bool {
        while let record = try self.catalog.blob(blob) {
            guard record.state != .deleting else {
                try await self.forgetHalfDeleted(record)
                continue
            }
            guard !record.isDamaged else { return false }
            guard try !self.isKept(record) else { return true }
            self.logger.error("blob damaged", metadata: ["purser.blob.sha256": "\(blob)"])
            try await self.catalog.flag(blob, damaged: true)
            return false
        }
        return false
    }

    /// Ends a delete that was cancelled or failed half way.
    ///
    /// The pin keeps the collector out, so nobody removes what comes next.
    private func forgetHalfDeleted(_ record: BlobRecord) async throws {
        do {
            if let encoding = BlobEncoding(rawValue: record.encoding), !encoding.isInline, encoding != .raw {
                try await self.onDiskThreads { try self.blobs.remove(record.id, encoding: encoding) }
            }
            // Bytes that are still there are replaced by the same ones, or go as stray ones.
            self.pins.bytesInstalled(record.id)
            try await self.catalog.forget(record.id)
        } catch let error as CatalogError where error.code == .blobInUse {
            // Another upload was faster, and has brought the content back.
        }
    }

    /// Whether the bytes are there: of an inline content the right ones, of a file as many as there should be, and of a
    /// compressed one a valid index.
    func isKept(_ record: BlobRecord) throws -> Bool {
        guard let encoding = BlobEncoding(rawValue: record.encoding) else { return false }
        do {
            if encoding.isInline {
                _ = try self.inlineContent(of: record.id, size: record.size, coding: encoding.coding)
            } else if let coding = encoding.coding {
                _ = try self.blobs.openEncodedBlob(
                    record.id,
                    size: record.size,
                    storedSize: record.storedSize,
                    coding: coding
                )
            } else {
                _ = try self.blobs.openBlob(record.id, size: record.size, encoding: encoding)
            }
            return true
        } catch {
            guard StoreError(translating: error).code == .contentDamaged else { throw error }
            return false
        }
    }
}
