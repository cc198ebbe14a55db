import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import SystemPackage

/// Text that compresses to a fraction and is the same for the same seed.
func text(_ count: Int, seed: UInt64 = 1) -> ByteBuffer {
    var random = SeededGenerator(seed: seed)
    var block = ByteBuffer()
    while block.readableBytes < min(count, 16 * 1024) {
        block.writeString(random.next() % 4 == 0 ? "total \(random.next())\n" : "page of the invoice, ")
    }
    var text = ByteBuffer()
    while text.readableBytes < count {
        text.writeInteger(random.next())
        text.writeImmutableBuffer(block)
    }
    text.moveWriterIndex(to: count)
    return text
}

extension OpenStore {
    /// Keeps the content of a key with a coding, or as it is.
    @discardableResult
    func reencode(_ key: String, _ coding: ContentCoding?) async throws -> ReencodeOutcome {
        let file = try self.files.file(bucket: .default, key: FileKey(key))
        return try await self.files.reencode(file.blob, ReencodeRequest(coding: coding))
    }

    /// Keeps small contents otherwise, as many as are there, all in one go.
    @discardableResult
    func reencodeTogether(_ blobs: [BlobID], _ request: ReencodeRequest) async throws -> [ReencodeOutcome] {
        let records = try blobs.compactMap { try self.files.catalog.blob($0) }
        return try await self.files.reencodeInline(records, request).map { try $0.get() }
    }

    /// How the content of a key is kept.
    func encoding(_ key: String) throws -> String {
        try self.files.file(bucket: .default, key: FileKey(key)).encoding
    }

    /// Bytes of all files under `blobs/`.
    func bytesOnDisk() throws -> Int64 {
        let disk = LocalFileSystem()
        var bytes: Int64 = 0
        for shard in try disk.entries(of: self.folder.layout.blobs) {
            let path = self.folder.layout.blobs.appending(shard)
            for name in try disk.entries(of: path) { bytes += try disk.status(of: path.appending(name))?.size ?? 0 }
        }
        return bytes
    }
}
