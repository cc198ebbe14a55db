public import NIOCore
public import PurserCatalog
public import PurserIdentifiers
import PurserOperations
import PurserStore
import Synchronization
public import SystemPackage

extension FileStorageManager {
    /// Gives the content of a file as a sequence of pieces.
    ///
    /// ```swift
    /// for try await piece in manager.download(from: .default, key: key) {
    ///     hash.update(data: piece.readableBytesView)
    /// }
    /// ```
    ///
    /// The operation begins with the first piece asked for. Where the loop is left early, it is cancelled.
    ///
    /// - Parameters:
    ///   - bucket: Where it is.
    ///   - key: Its name.
    ///   - range: Bytes of the content, zero-based, half-open, clamped to the content; `nil` is all.
    ///   - admission: Priority, client, id, callbacks.
    /// - Returns: A sequence that throws what
    ///   ``FileStorageManager/download(from:key:range:admission:deliver:)`` throws.
    public func download(
        from bucket: BucketName,
        key: FileKey,
        range: Range<Int64>? = nil,
        admission: AdmissionOptions = AdmissionOptions()
    ) -> FileDownload {
        FileDownload { handoff in
            try await self.download(from: bucket, key: key, range: range, admission: admission) { _, piece in
                try await handoff.send(piece)
            }
        }
    }

    /// Writes the content of a file to a path outside of the store.
    ///
    /// ```swift
    /// try await manager.download(from: .default, key: FileKey("scans/12.pdf"), to: "scan.pdf")
    /// ```
    ///
    /// The bytes go to a file of another name in the same folder, which gets its name when they are all there: what had
    /// the name stays until then. They are not forced to the disk.
    ///
    /// - Parameters:
    ///   - bucket: Where it is.
    ///   - key: Its name.
    ///   - range: Bytes of the content, zero-based, half-open, clamped to the content; `nil` is all.
    ///   - path: Where it goes; a file that is there is replaced in one step.
    ///   - admission: Priority, client, id, callbacks.
    /// - Returns: The file as it was.
    /// - Throws: ``TransferError`` `.targetUnwritable`; `OperationError`; `StoreError` `.fileNotFound`,
    ///   `.bucketNotFound`, `.contentDamaged`. Nothing is left at the path then, nor beside it.
    @discardableResult
    public func download(
        from bucket: BucketName,
        key: FileKey,
        range: Range<Int64>? = nil,
        to path: FilePath,
        admission: AdmissionOptions = AdmissionOptions()
    ) async throws -> FileRecord {
        try await self.withSlot(for: .download, memory: Memory.download, name: "\(bucket)/\(key)", admission) { slot in
            let content = try self.store.open(bucket: bucket, key: key)
            try await self.store.onDiskThreads {
                let file = try PartialFile(for: path)
                defer { file.close() }
                try await self.read(content, range, slot) { piece in try file.append(piece) }
                try slot.operation.seal()
                try file.place()
            }
            return content.file
        }
    }

    /// Reads the content of a file into memory.
    ///
    /// ```swift
    /// let page = try await manager.download(from: .default, key: FileKey("index.html"), upTo: 1_000_000)
    /// print(String(buffer: page))
    /// ```
    ///
    /// - Parameters:
    ///   - bucket: Where it is.
    ///   - key: Its name.
    ///   - range: Bytes of the content, zero-based, half-open, clamped to the content; `nil` is all.
    ///   - limit: Most bytes to take. What it takes is reserved of the memory budget while the operation runs.
    ///   - admission: Priority, client, id, callbacks.
    /// - Returns: The bytes.
    /// - Throws: ``TransferError`` `.overLimit`, before anything is read; `OperationError`; `StoreError`
    ///   `.fileNotFound`, `.bucketNotFound`, `.contentDamaged`.
    public func download(
        from bucket: BucketName,
        key: FileKey,
        range: Range<Int64>? = nil,
        upTo limit: Int,
        admission: AdmissionOptions = AdmissionOptions()
    ) async throws -> ByteBuffer {
        let expected = try await self.admissible(.download, "\(bucket)/\(key)", admission) {
            try Self.count(of: range, in: self.store.file(bucket: bucket, key: key), upTo: limit)
        }
        return try await self.withSlot(
            for: .download,
            memory: Memory.download + expected,
            name: "\(bucket)/\(key)",
            admission
        ) { slot in
            let content = try self.store.open(bucket: bucket, key: key)
            // It may have been replaced since the look.
            let count = try Self.count(of: range, in: content.file, upTo: limit)
            try slot.growMemory(by: count - expected)
            var bytes = ByteBuffer()
            bytes.reserveCapacity(count)
            let gathered = GatheredBytes(bytes)
            try await self.read(content, range, slot) { piece in gathered.append(piece) }
            return gathered.bytes
        }
    }

    private static func count(of range: Range<Int64>?, in file: FileRecord, upTo limit: Int) throws -> Int {
        let count = file.clamped(range).count
        guard count <= limit else {
            throw TransferError(
                .overLimit,
                "the content has \(count) bytes, more than the \(limit) that are to be taken"
            )
        }
        return count
    }
}

extension FileRecord {
    /// A range of the content, cut to it; all of it for `nil`.
    func clamped(_ range: Range<Int64>?) -> Range<Int64> {
        (range ?? 0..<self.size).clamped(to: 0..<self.size)
    }
}

/// Bytes that come in pieces, one after the other.
private final class GatheredBytes: Sendable {
    private let buffer: Mutex<ByteBuffer>

    init(_ buffer: ByteBuffer) {
        self.buffer = Mutex(buffer)
    }

    var bytes: ByteBuffer { self.buffer.withLock { $0 } }

    func append(_ piece: ByteBuffer) {
        self.buffer.withLock { buffer in _ = buffer.writeImmutableBuffer(piece) }
    }
}
