public import NIOCore
import PurserCatalog
public import PurserIdentifiers
import PurserOperations
import PurserStore
public import SystemPackage

extension FileStorageManager {
    /// Stores a content under a name.
    ///
    /// ```swift
    /// let (pieces, writer) = AsyncStream.makeStream(of: ByteBuffer.self)
    /// async let stored = manager.upload(to: .default, key: FileKey("log.txt"), body: pieces)
    /// writer.yield(ByteBuffer(string: "a line\n"))
    /// writer.finish()
    /// print(try await stored.file.size)
    /// ```
    ///
    /// On return it is on the disk.
    ///
    /// - Parameters:
    ///   - bucket: Where it goes.
    ///   - key: Its name. A file that has the name is replaced in one step.
    ///   - body: The bytes; nothing is read before the operation is admitted.
    ///   - size: How many bytes will come; `nil` where that is not known. Fewer or more are an error.
    ///   - options: Metadata, conditions, priority.
    /// - Returns: The file, and whether it is new.
    /// - Throws: `OperationError` where it is not admitted, cancelled or times out; `StoreError`; what the body throws.
    ///   Nothing of it is left then.
    @discardableResult
    public func upload<Body: AsyncSequence & Sendable>(
        to bucket: BucketName,
        key: FileKey,
        body: Body,
        size: Int64? = nil,
        options: UploadOptions = UploadOptions()
    ) async throws -> StoredFile where Body.Element == ByteBuffer {
        let maxSize = self.configuration.resources.maxFileSize
        try await self.admissible(.upload, "\(bucket)/\(key)", options.admission) {
            if let size, size > maxSize { throw FileStore.tooLarge(maxSize) }
        }
        let request = IngestRequest(
            bucket: bucket,
            key: key,
            contentType: options.contentType,
            metadata: options.metadata,
            precondition: options.precondition,
            announcedSize: size,
            digests: options.digests,
            takesKnownContent: options.takesKnownContent,
            maxSize: maxSize
        )
        let stored = try await self.withSlot(
            for: .upload,
            bytes: size,
            memory: Memory.transfer(of: size, streaming: Memory.upload),
            name: "\(bucket)/\(key)",
            options.admission
        ) { slot in
            let outcome = try await self.store.ingest(request, body: body, slot: slot)
            return StoredFile(outcome, slot.operation.id)
        }
        // Before it is acknowledged, so that what was answered has started its jobs also where a crash follows.
        await self.processing.noteUpload(
            bucket: bucket,
            key: key,
            type: options.contentType,
            client: options.admission.client
        )
        return stored
    }

    /// Stores a file outside of the store under a name.
    ///
    /// ```swift
    /// try await manager.upload(to: .default, key: FileKey("scans/12.pdf"), file: "scan.pdf")
    /// ```
    ///
    /// The file is read as it is stored, 256 KiB at a time; a symbolic link is followed.
    ///
    /// - Parameters:
    ///   - bucket: Where it goes.
    ///   - key: Its name. A file that has the name is replaced in one step.
    ///   - path: A regular file, which must stay as it is meanwhile.
    ///   - options: Metadata, conditions, priority.
    /// - Returns: The file, and whether it is new.
    /// - Throws: ``TransferError`` `.sourceUnreadable`, `.sourceChanged`; as
    ///   ``FileStorageManager/upload(to:key:body:size:options:)``. Nothing of it is left then.
    @discardableResult
    public func upload(
        to bucket: BucketName,
        key: FileKey,
        file path: FilePath,
        options: UploadOptions = UploadOptions()
    ) async throws -> StoredFile {
        let content = try await self.admissible(.upload, "\(bucket)/\(key)", options.admission) {
            try await LocalContent(of: path, store: self.store)
        }
        return try await self.upload(to: bucket, key: key, body: content, size: content.size, options: options)
    }

    /// Stores bytes that are in memory under a name.
    ///
    /// ```swift
    /// let stored = try await manager.upload(to: .default, key: FileKey("hello.txt"), bytes: "hello".utf8)
    /// print(stored.file.blob, stored.isDeduplicated)
    /// ```
    ///
    /// - Throws: As ``FileStorageManager/upload(to:key:body:size:options:)``.
    @discardableResult
    public func upload(
        to bucket: BucketName,
        key: FileKey,
        bytes: some Sequence<UInt8>,
        options: UploadOptions = UploadOptions()
    ) async throws -> StoredFile {
        let buffer = ByteBuffer(bytes: bytes)
        return try await self.upload(
            to: bucket,
            key: key,
            body: SinglePiece(buffer: buffer),
            size: Int64(buffer.readableBytes),
            options: options
        )
    }

    /// Stores bytes that are in memory under a name.
    ///
    /// - Throws: As ``FileStorageManager/upload(to:key:body:size:options:)``, and `IdentifierError` for a bucket or key that cannot be one.
    @discardableResult
    public func upload(
        to bucket: String,
        key: String,
        bytes: some Sequence<UInt8>,
        options: UploadOptions = UploadOptions()
    ) async throws -> StoredFile {
        try await self.upload(to: BucketName(bucket), key: FileKey(key), bytes: bytes, options: options)
    }
}

extension StoredFile {
    init(_ outcome: CommitOutcome, _ operationID: OperationID) {
        self.init(
            file: outcome.file,
            isNew: outcome.created,
            isDeduplicated: outcome.deduplicated,
            operationID: operationID
        )
    }
}

/// A body of one piece.
private struct SinglePiece: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let buffer: ByteBuffer

    struct AsyncIterator: AsyncIteratorProtocol {
        var buffer: ByteBuffer?

        mutating func next() async -> ByteBuffer? {
            defer { self.buffer = nil }
            return self.buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(buffer: self.buffer.readableBytes > 0 ? self.buffer : nil)
    }
}
