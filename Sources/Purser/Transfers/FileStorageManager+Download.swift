public import NIOCore
public import PurserCatalog
public import PurserIdentifiers
import PurserOperations
package import PurserStore

extension FileStorageManager {
    /// Hands the content of a file out, piece by piece.
    ///
    /// ```swift
    /// let file = try await manager.download(from: .default, key: key) { file, piece in
    ///     try await connection.write(piece)
    /// }
    /// ```
    ///
    /// The content stays what it was when the download began, also when the file is replaced or deleted meanwhile.
    ///
    /// - Parameters:
    ///   - bucket: Where it is.
    ///   - key: Its name.
    ///   - range: Bytes of the content, zero-based, half-open, clamped to the content; `nil` is all.
    ///   - admission: Priority, client, id, callbacks.
    ///   - deliver: Gets the file and a piece of 1 byte to 256 KiB; called in order, and not at all for an empty range.
    /// - Returns: The file as it was.
    /// - Throws: `OperationError`; `StoreError` `.fileNotFound`, `.bucketNotFound`, `.contentDamaged`; what `deliver`
    ///   throws.
    @discardableResult
    public func download(
        from bucket: BucketName,
        key: FileKey,
        range: Range<Int64>? = nil,
        admission: AdmissionOptions = AdmissionOptions(),
        deliver: @escaping @Sendable (FileRecord, ByteBuffer) async throws -> Void
    ) async throws -> FileRecord {
        let memory = self.downloadMemory(bucket, key)
        return try await self.withSlot(for: .download, memory: memory, name: "\(bucket)/\(key)", admission) { slot in
            let content = try self.store.open(bucket: bucket, key: key, for: slot.operation)
            try await self.read(content, range, slot) { piece in try await deliver(content.file, piece) }
            return content.file
        }
    }

    /// Reads an open content for an operation.
    ///
    /// - Parameters:
    ///   - content: The content.
    ///   - range: Bytes of it, clamped to it; `nil` is all.
    ///   - slot: Gets the progress, and tells of a cancel.
    ///   - deliver: Gets the pieces in order.
    /// - Throws: `OperationError`, `StoreError`; what `deliver` throws.
    @concurrent
    func read(
        _ content: FileContent,
        _ range: Range<Int64>?,
        _ slot: Slot,
        deliver: @concurrent (ByteBuffer) async throws -> Void
    ) async throws {
        let range = content.file.clamped(range)
        slot.operation.bytesTotal = Int64(range.count)
        try await self.store.read(content, range: range, for: slot.operation) { piece in
            try slot.operation.checkCancellation()
            try await deliver(piece)
            slot.operation.advance(bytes: piece.readableBytes)
        }
    }

    /// What a download holds: more where the content has to be decoded.
    private func downloadMemory(_ bucket: BucketName, _ key: FileKey) -> Int {
        // A file that is not there is refused once the download is admitted.
        guard let file = try? self.store.file(bucket: bucket, key: key) else { return Memory.download }
        return Memory.download + self.store.decodingMemory(of: file)
    }

    /// Admits a download whose bytes are sent after the caller has returned, as HTTP's are.
    ///
    /// - Returns: A download that holds its slot until it is ended or let go.
    package func admitDownload(
        from bucket: BucketName,
        key: FileKey,
        admission: AdmissionOptions
    ) async throws -> AdmittedDownload {
        let trace = OperationTrace()
        let slot = try await self.resources.admit(
            for: .download,
            bytes: nil,
            memory: self.downloadMemory(bucket, key),
            name: "\(bucket)/\(key)",
            client: admission.client,
            priority: admission.priority,
            deadline: admission.deadline,
            id: admission.operationID,
            onQueued: { operation in
                trace.begin(operation)
                admission.onQueued?(operation)
            }
        )
        do {
            return AdmittedDownload(
                content: try self.store.open(bucket: bucket, key: key, for: slot.operation),
                slot: slot,
                store: self.store,
                trace: trace
            )
        } catch {
            if (error as? StoreError)?.code == .contentDamaged {
                await self.store.noteDamage(bucket: bucket, key: key)
            }
            slot.finish(.failure(error))
            trace.end()
            throw error
        }
    }
}

/// A download that holds a slot: an open content and the way to its bytes.
package struct AdmittedDownload: Sendable {
    package private(set) var content: FileContent
    package let slot: Slot
    private let store: FileStore
    private let trace: OperationTrace

    init(content: FileContent, slot: Slot, store: FileStore, trace: OperationTrace) {
        self.content = content
        self.slot = slot
        self.store = store
        self.trace = trace
    }

    /// Takes the content in the compressed form in which it is kept, where there is one, for a client that decodes it.
    ///
    /// Ranges are then those of that form.
    ///
    /// - Returns: `false` where it is kept as it is.
    package mutating func takeAsKept() -> Bool {
        guard let kept = self.content.asKept else { return false }
        self.content = kept
        return true
    }

    /// Sends a range and ends the operation, well or not.
    ///
    /// - Throws: What the store, the cancellation or the sender throws; the client must then not take the answer as whole.
    @concurrent
    package func send(_ range: Range<Int64>, through sender: some ContentSender) async throws {
        try await self.transfer(range) { operation in
            try await self.store.send(self.content, range: range, through: sender, for: operation) { count in
                operation.advance(bytes: count)
                try operation.checkCancellation()
            }
        }
    }

    /// Hands a range out in pieces of memory and ends the operation, well or not.
    @concurrent
    package func send(_ range: Range<Int64>, deliver: @concurrent (ByteBuffer) async throws -> Void) async throws {
        try await self.transfer(range) { operation in
            try await self.store.read(self.content, range: range, for: operation) { piece in
                try operation.checkCancellation()
                try await deliver(piece)
                operation.advance(bytes: piece.readableBytes)
            }
        }
    }

    @concurrent
    private func transfer(
        _ range: Range<Int64>,
        _ body: @concurrent (PurserOperations.Operation) async throws -> Void
    ) async throws {
        let operation = self.slot.operation
        operation.bytesTotal = Int64(range.count)
        defer { self.trace.end() }
        do {
            try await body(operation)
            self.slot.finish(.success(()))
        } catch {
            if (error as? StoreError)?.code == .contentDamaged {
                await self.store.noteDamage(bucket: self.content.file.bucket, key: self.content.file.key)
            }
            self.slot.finish(.failure(error))
            throw error
        }
    }

    /// Ends the operation without an answer.
    package func end(_ error: any Error) {
        self.slot.finish(.failure(error))
        self.trace.end()
    }

    /// Ends the operation: its bytes are in memory and on their way, or none are to be sent.
    package func end(bytes: Int = 0) {
        self.slot.operation.advance(bytes: bytes)
        self.slot.finish(.success(()))
        self.trace.end()
    }
}
