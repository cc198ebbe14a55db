import Crypto
import Logging
public import NIOCore
import PurserBlobs
public import PurserCatalog
public import PurserIdentifiers
public import PurserOperations

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
    /// Blocks for one open of a file and a read of its index, or a read of up to the inline limit.
    ///
    /// - Parameters:
    ///   - bucket: The file's bucket.
    ///   - key: The file's name.
    ///   - operation: Gets the times of the catalog and of the disk.
    /// - Returns: The content, which stays readable while this is held.
    /// - Throws: ``StoreError`` `.fileNotFound`, `.bucketNotFound`; `.contentDamaged` where the bytes are known to be
    ///   wrong or missing.
    public func open(
        bucket: BucketName,
        key: FileKey,
        for operation: PurserOperations.Operation? = nil
    ) throws -> FileContent {
        let started = ContinuousClock.now
        var file = try self.file(bucket: bucket, key: key)
        let found = ContinuousClock.now
        operation?.add(.catalog, found - started)
        defer { operation?.add(.disk, ContinuousClock.now - found) }
        var isSecondLook = false
        while true {
            do {
                let reading = self.readings.begin(bucket: bucket, key: key)
                var content = try self.openContent(of: file)
                content.reading = reading
                if self.configuration.accessTracking == .hourly {
                    self.catalog.noteAccess(bucket: bucket, key: key, at: self.now())
                }
                return content
            } catch {
                // Deleted and collected, replaced, or kept otherwise, between the look and the open? Then it is not
                // damaged. It may even have come back as it was, so that only a second failure tells.
                let again = try self.file(bucket: bucket, key: key)
                let isAsBefore = again.blob == file.blob && again.encoding == file.encoding
                guard !isAsBefore || !isSecondLook else { throw StoreError(translating: error) }
                isSecondLook = isAsBefore
                file = again
            }
        }
    }

    func openContent(of file: FileRecord) throws -> FileContent {
        guard !file.isDamaged else {
            throw StoreError(.contentDamaged, "the stored bytes of this file are damaged; upload it again")
        }
        guard let encoding = BlobEncoding(rawValue: file.encoding) else {
            throw StoreError(.newerFormat, "this file is kept in a way that only a newer Purser knows")
        }
        if encoding.isInline {
            let content = try self.contentCache.content(of: file.blob, coding: encoding.coding) {
                try self.inlineContent(of: file.blob, size: file.size, coding: encoding.coding)
            }
            return FileContent(file: file, place: .inline(content.bytes), keptInline: content.kept)
        }
        guard let coding = encoding.coding else {
            let reader = try self.blobs.openBlob(file.blob, size: file.size, encoding: .raw)
            return FileContent(file: file, place: .raw(reader))
        }
        let blob = try self.blobs.openEncodedBlob(
            file.blob,
            size: file.size,
            storedSize: file.storedSize,
            coding: coding
        )
        return FileContent(file: file, place: .encoded(blob))
    }

    /// Reads a content from the catalog, decodes it where it is compressed, and checks it.
    func inlineContent(of blob: BlobID, size: Int64, coding: ContentCoding?) throws -> InlineContent {
        let content = try self.catalog.withInlineContent(of: blob) { bytes in
            guard let coding else { return InlineContent(bytes: ByteBuffer(bytes: bytes)) }
            let decoded = try InlineCoding.decode(bytes, as: coding, size: size)
            return InlineContent(bytes: decoded, coding: coding, kept: ByteBuffer(bytes: bytes))
        }
        guard let content else {
            throw StoreError(.contentDamaged, "the stored bytes of this file are missing; upload it again")
        }
        guard content.bytes.withUnsafeReadableBytes({ Self.digest(of: $0) }) == blob else {
            throw StoreError(.contentDamaged, "the stored bytes of this file are damaged; upload it again")
        }
        return content
    }

    /// Bytes of memory that reading a file takes beyond the pieces given out: a frame, encoded and decoded.
    package func decodingMemory(of file: FileRecord) -> Int {
        guard let encoding = BlobEncoding(rawValue: file.encoding), !encoding.isInline, encoding.coding != nil else {
            return 0
        }
        return Int(min(file.size, Int64(EncodedBlob.maxFrameBytes)))
            + Int(min(file.storedSize, Int64(EncodedBlob.maxFrameBytes)))
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
    /// A compressed content is decoded frame by frame, and each frame is checked before any of it goes out. With
    /// `storage.verify_reads`, a whole content that lies in a file is hashed on the way, and its last piece is held back
    /// until the digest was found right.
    ///
    /// - Parameters:
    ///   - content: An open content.
    ///   - range: Bytes of it, zero-based, half-open, within its ``FileContent/size``.
    ///   - operation: Gets the times of the disk and of the digest.
    ///   - deliver: Gets pieces of 1 byte to 256 KiB.
    /// - Throws: ``StoreError`` `.contentDamaged`, `.inputOutput`; what `deliver` throws.
    @concurrent
    public func read(
        _ content: FileContent,
        range: Range<Int64>,
        for operation: PurserOperations.Operation? = nil,
        deliver: @concurrent (ByteBuffer) async throws -> Void
    ) async throws {
        precondition(range.lowerBound >= 0 && range.upperBound <= content.size, "range within the content")
        if case .inline(let buffer) = content.place {
            let start = buffer.readerIndex + Int(range.lowerBound)
            guard !range.isEmpty, let slice = buffer.getSlice(at: start, length: range.count) else { return }
            try await deliver(slice)
            return
        }
        try await self.onDiskThreads {
            try await self.readFile(of: content, range: range, for: operation, deliver: deliver)
        }
    }

    /// Whether the digest of the content is checked while this range of it goes out.
    func verifies(_ range: Range<Int64>, of content: FileContent) -> Bool {
        self.configuration.verifiesReads && content.coding == nil && range == 0..<content.file.size
    }

    @concurrent
    private func readFile(
        of content: FileContent,
        range: Range<Int64>,
        for operation: PurserOperations.Operation?,
        deliver: @concurrent (ByteBuffer) async throws -> Void
    ) async throws {
        let isVerified = self.verifies(range, of: content)
        let source = try await self.notingDamage(of: content) { try ContentSource(content.place) }
        var hash = ContentHash()
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = Int(min(Int64(Self.readWindow), range.upperBound - offset))
            let started = ContinuousClock.now
            let piece = try await self.notingDamage(of: content) { try source.read(at: offset, upTo: count) }
            operation?.add(.disk, ContinuousClock.now - started)
            guard piece.readableBytes > 0 else {
                throw StoreError(.contentDamaged, "the stored bytes of this file end early; upload it again")
            }
            offset += Int64(piece.readableBytes)
            if isVerified {
                let started = ContinuousClock.now
                hash.update(piece)
                operation?.add(.hash, ContinuousClock.now - started)
                if offset == range.upperBound, hash.finalize() != content.file.blob {
                    await self.noteDamage(ofContent: content.file.blob)
                    throw StoreError(.contentDamaged, "the stored bytes of this file are damaged; upload it again")
                }
            }
            try await deliver(piece)
        }
    }

    /// Reads, and flags the content where it turns out damaged in a way that only decoding finds.
    private func notingDamage<Value>(of content: FileContent, _ read: () throws -> Value) async throws -> Value {
        do {
            return try read()
        } catch {
            if case .encoded = content.place, (error as? BlobError)?.code == .damaged {
                await self.noteDamage(ofContent: content.file.blob)
            }
            throw StoreError.translated(error)
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

    /// Flags a content that a reader found damaged, unless good bytes have taken the place of those since it was opened.
    private func noteDamage(ofContent blob: BlobID) async {
        do {
            try await self.pins.withExclusiveWhenFree(on: blob) {
                guard let record = try self.catalog.blob(blob), record.state != .deleting, !record.isDamaged,
                    try await !self.isIntactWhileHeld(record)
                else { return }
                await self.flagDamaged(blob)
            }
        } catch {
            // The reader has been told; the next one will be, too.
            self.logger.warning("damage could not be noted", metadata: ["purser.error": "\(error)"])
        }
    }

    /// The reader is told of the damage, whether or not it can be noted.
    func flagDamaged(_ blob: BlobID) async {
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
