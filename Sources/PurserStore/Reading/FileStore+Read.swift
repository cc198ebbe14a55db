import Crypto
import Logging
public import NIOCore
import PurserBlobs
public import PurserCatalog
public import PurserIdentifiers

extension FileStore {
    /// Bytes of a blob that are read at once.
    package static let readWindow = 256 * 1024

    /// Looks a file up.
    ///
    /// - Throws: ``StoreError`` `.fileNotFound`, `.bucketNotFound`.
    public func file(bucket: BucketName, key: FileKey) throws -> FileRecord {
        do {
            if let file = try self.catalog.file(bucket: bucket, key: key) { return file }
            guard try self.catalog.hasBucket(bucket) else {
                throw StoreError(.bucketNotFound, "there is no bucket '\(bucket)'")
            }
            throw StoreError(.fileNotFound, "there is no file of that name in '\(bucket)'")
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// Opens the content of a file.
    ///
    /// Blocks for one open of a file, or a read of up to the inline limit.
    ///
    /// - Throws: ``StoreError`` `.fileNotFound`, `.bucketNotFound`; `.contentDamaged` where the bytes are known to be
    ///   wrong or missing.
    public func open(bucket: BucketName, key: FileKey) throws -> FileContent {
        var file = try self.file(bucket: bucket, key: key)
        var isSecondLook = false
        while true {
            do {
                let reading = self.readings.begin(bucket: bucket, key: key)
                let content = FileContent(file: file, place: try self.openContent(of: file), reading: reading)
                if self.configuration.accessTracking == .hourly {
                    self.catalog.noteAccess(bucket: bucket, key: key, at: self.now())
                }
                return content
            } catch {
                // Deleted and collected, or replaced, between the look and the open? Then it is not damaged. It may even
                // have come back with the same content, so that only a second failure tells.
                let again = try self.file(bucket: bucket, key: key)
                guard again.blob != file.blob || !isSecondLook else { throw StoreError(translating: error) }
                isSecondLook = again.blob == file.blob
                file = again
            }
        }
    }

    func openContent(of file: FileRecord) throws -> FileContent.Place {
        guard !file.isDamaged else {
            throw StoreError(.contentDamaged, "the stored bytes of this file are damaged; upload it again")
        }
        guard file.encoding == BlobEncoding.inline.rawValue else {
            let reader = try self.blobs.openBlob(file.blob, size: file.size, encoding: .raw)
            return .raw(reader)
        }
        return .inline(try self.contentCache.content(of: file.blob) { try self.inlineContent(of: file.blob) })
    }

    /// Reads a content from the catalog and checks it.
    func inlineContent(of blob: BlobID) throws -> ByteBuffer {
        guard let bytes = try self.catalog.withInlineContent(of: blob, { ByteBuffer(bytes: $0) }) else {
            throw StoreError(.contentDamaged, "the stored bytes of this file are missing; upload it again")
        }
        guard bytes.withUnsafeReadableBytes({ Self.digest(of: $0) }) == blob else {
            throw StoreError(.contentDamaged, "the stored bytes of this file are damaged; upload it again")
        }
        return bytes
    }

    /// Gives the memory of what was read lately back; it is read again where it is wanted.
    public func dropCaches() {
        self.contentCache.removeAll()
        self.catalog.dropCache()
    }

    /// The SHA-256 of bytes in memory.
    static func digest(of bytes: UnsafeRawBufferPointer) -> BlobID? {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return BlobID(bytes: hash.finalize())
    }

    /// Hands part of a content out in pieces, in order.
    ///
    /// With `storage.verify_reads`, a whole raw content is hashed on the way, and its last piece is held back until the
    /// digest was found right.
    ///
    /// - Parameters:
    ///   - content: An open content.
    ///   - range: Bytes of the content, zero-based, half-open.
    ///   - deliver: Gets pieces of 1 byte to 256 KiB.
    /// - Throws: ``StoreError`` `.contentDamaged`, `.inputOutput`; what `deliver` throws.
    @concurrent
    public func read(
        _ content: FileContent,
        range: Range<Int64>,
        deliver: @concurrent (ByteBuffer) async throws -> Void
    ) async throws {
        precondition(range.lowerBound >= 0 && range.upperBound <= content.file.size, "range within the content")
        switch content.place {
        case .inline(let buffer):
            guard !range.isEmpty, let slice = buffer.getSlice(at: Int(range.lowerBound), length: range.count) else {
                return
            }
            try await deliver(slice)
        case .raw(let reader):
            try await self.onDiskThreads {
                try await self.read(reader, of: content.file, range: range, deliver: deliver)
            }
        }
    }

    /// Whether the digest of the content is checked while this range of it goes out.
    func verifies(_ range: Range<Int64>, of file: FileRecord) -> Bool {
        self.configuration.verifiesReads && range == 0..<file.size
    }

    @concurrent
    private func read(
        _ reader: BlobReader,
        of file: FileRecord,
        range: Range<Int64>,
        deliver: @concurrent (ByteBuffer) async throws -> Void
    ) async throws {
        let isVerified = self.verifies(range, of: file)
        var hash = SHA256()
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = Int(min(Int64(Self.readWindow), range.upperBound - offset))
            let piece: ByteBuffer
            do {
                piece = try reader.read(at: offset, upTo: count)
            } catch {
                throw StoreError(translating: error)
            }
            guard piece.readableBytes > 0 else {
                throw StoreError(.contentDamaged, "the stored bytes of this file end early; upload it again")
            }
            offset += Int64(piece.readableBytes)
            if isVerified {
                piece.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
                if offset == range.upperBound, BlobID(bytes: hash.finalize()) != file.blob {
                    await self.flagDamaged(file.blob)
                    throw StoreError(.contentDamaged, "the stored bytes of this file are damaged; upload it again")
                }
            }
            try await deliver(piece)
        }
    }

    /// Looks at the content of a file that could not be read, and notes the damage that is found.
    package func noteDamage(bucket: BucketName, key: FileKey) async {
        do {
            let file = try self.file(bucket: bucket, key: key)
            _ = try await self.pins.withPin(on: file.blob) {
                await self.removeStrayBytes(of: file.blob)
            } _: {
                try await self.canBeTakenUp(file.blob)
            }
        } catch {
            // The reader has been told; the next one will be, too.
            self.logger.warning("damage could not be noted", metadata: ["purser.error": "\(error)"])
        }
    }

    /// The reader is told of the damage, whether or not it can be noted.
    private func flagDamaged(_ blob: BlobID) async {
        self.logger.error("blob damaged", metadata: ["purser.blob.sha256": "\(blob)"])
        do {
            try await self.catalog.flag(blob, damaged: true)
        } catch {
            self.logger.warning(
                "damage could not be noted",
                metadata: ["purser.blob.sha256": "\(blob)", "purser.error": "\(error)"]
            )
        }
    }
}
