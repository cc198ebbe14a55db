import Foundation
package import NIOCore
import PurserBlobs
package import PurserCatalog
package import PurserIdentifiers

extension FileStore {
    /// Puts bytes from elsewhere in the place of a content's damaged ones, where they are the right ones.
    ///
    /// The bytes are hashed as they come, and nothing changes unless they have the content's digest.
    ///
    /// - Parameters:
    ///   - record: A content that is known to be damaged.
    ///   - bytes: Bytes that may be it; no more than it should have are read.
    ///   - operation: Who brings them.
    /// - Returns: Whether the content is whole now by this call.
    /// - Throws: ``StoreError``; what the bytes' sequence throws.
    @concurrent
    package func heal<Bytes: AsyncSequence>(
        _ record: BlobRecord,
        with bytes: Bytes,
        operation: OperationID
    ) async throws -> Bool where Bytes.Element == ByteBuffer {
        do {
            try self.health.requireWritable()
            let staged = StagedContent(
                store: self.blobs,
                operation: operation,
                inlineLimit: self.configuration.inlineLimit
            )
            defer { staged.discard() }
            for try await piece in bytes {
                guard staged.byteCount + Int64(piece.readableBytes) <= record.size else { return false }
                try await self.onDiskThreads { try staged.write(piece) }
            }
            let content = try await self.onDiskThreads { try staged.finish() }
            guard content.blob == record.id else { return false }
            return try await self.pins.withPin(on: record.id) {
                await self.removeStrayBytes(of: record.id)
            } _: {
                try await self.heal(record, with: content)
            }
        } catch {
            if let error = error as? BlobError { self.health.note(error) }
            throw StoreError.translated(error)
        }
    }

    private func heal(_ record: BlobRecord, with content: FinishedContent) async throws -> Bool {
        guard try self.catalog.blob(record.id)?.isDamaged == true else { return false }
        switch content.place {
        case .inline(let buffer):
            return try await self.catalog.heal(record.id, with: .inline(Data(buffer.readableBytesView)))
        case .file(let file):
            try await self.onDiskThreads { try self.blobs.install(file, as: record.id) }
            self.pins.bytesInstalled(record.id)
            let bytes = NewFile.Content.stored(encoding: BlobEncoding.raw.rawValue, storedBytes: content.size)
            let isHealed = try await self.catalog.heal(record.id, with: bytes)
            if isHealed { self.pins.rowCommitted(record.id) }
            return isHealed
        }
    }
}
