import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers

extension FileStore {
    /// Bytes that are hashed between two looks at the throttle.
    static let hashWindow = 2 * 1024 * 1024

    /// Decodes and hashes what was written, as it is read back from the disk.
    ///
    /// - Throws: ``BlobError`` `.damaged` where the bytes to begin with were not the content; ``StoreError``
    ///   `.inputOutput`, `.internal` where they were, and what was made of them is not.
    func check(
        _ staging: EncodedStagingFile,
        storedSize: Int64,
        coding: ContentCoding,
        of source: ContentSource,
        _ task: Reencoding
    ) async throws {
        let record = task.content.record
        do {
            let encoded = try self.blobs.openStaged(
                staging,
                as: record.id,
                size: record.size,
                storedSize: storedSize,
                coding: coding
            )
            let digest = try await self.digest(of: ContentSource(.encoded(encoded)), task)
            try encoded.checkEnd()
            if digest == record.id { return }
        } catch let error as BlobError where error.code == .damaged || error.code == .absent {
            throw StoreError(.inputOutput, "bytes that were just written could not be read back", cause: error)
        }
        // Either the bytes to begin with are not the content, or the library has made a mistake.
        guard try await self.digest(of: source, task) == record.id else {
            throw BlobError(.damaged, "blob \(record.id) has another digest")
        }
        throw StoreError(.internal, "a content that was compressed came back changed; nothing was replaced")
    }

    private func digest(of source: ContentSource, _ task: Reencoding) async throws -> BlobID {
        let size = task.content.record.size
        var hash = ContentHash()
        var offset: Int64 = 0
        while offset < size {
            let end = min(size, offset + Int64(Self.hashWindow))
            try await task.throttle(Int(end - offset))
            while offset < end {
                let piece = try source.read(at: offset, upTo: Int(end - offset))
                hash.update(piece)
                offset += Int64(piece.readableBytes)
            }
        }
        return hash.finalize()
    }
}
