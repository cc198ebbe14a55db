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
                try await self.forgetHalfDeleted(blob)
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
    private func forgetHalfDeleted(_ blob: BlobID) async throws {
        do {
            // Bytes that are still there are replaced by the same ones, or go as stray ones.
            self.pins.bytesInstalled(blob)
            try await self.catalog.forget(blob)
        } catch let error as CatalogError where error.code == .blobInUse {
            // Another upload was faster, and has brought the content back.
        }
    }

    /// Whether the bytes are there: of an inline content the right ones, of a file as many as there should be.
    func isKept(_ record: BlobRecord) throws -> Bool {
        guard !record.isInline else {
            return try self.catalog.withInlineContent(of: record.id) { bytes in Self.digest(of: bytes) } == record.id
        }
        guard let encoding = BlobEncoding(rawValue: record.encoding) else { return false }
        do {
            _ = try self.blobs.openBlob(record.id, size: record.size, encoding: encoding)
            return true
        } catch {
            guard error.code == .absent || error.code == .damaged else { throw error }
            return false
        }
    }
}
