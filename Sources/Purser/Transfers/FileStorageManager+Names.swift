public import PurserCatalog
public import PurserIdentifiers
import PurserMonitor
import PurserOperations
public import PurserStore

extension FileStorageManager {
    /// Gives a content another name without moving bytes.
    ///
    /// ```swift
    /// let source = (BucketName.default, try FileKey("report-2026.pdf"))
    /// let target = (BucketName.default, try FileKey("report.pdf"))
    /// try await manager.copy(CopyRequest(from: source, to: target))
    /// ```
    ///
    /// - Parameters:
    ///   - request: The names, and what must hold of them.
    ///   - admission: Priority, client, id, callbacks.
    /// - Returns: The file of the new name.
    /// - Throws: `OperationError`; `StoreError` `.fileNotFound`, `.bucketNotFound`, `.preconditionFailed`, `.storeFull`.
    @discardableResult
    public func copy(
        _ request: CopyRequest,
        admission: AdmissionOptions = AdmissionOptions()
    ) async throws -> StoredFile {
        try await self.withSlot(
            for: .copy,
            memory: Memory.small,
            name: "\(request.bucket)/\(request.key)",
            admission
        ) { slot in
            try slot.operation.seal()
            return StoredFile(try await self.store.copy(request), slot.operation.id)
        }
    }

    /// Removes a file.
    ///
    /// ```swift
    /// try await manager.delete(from: .default, key: FileKey("hello.txt"))
    /// ```
    ///
    /// Its bytes go after `storage.collect_grace`, unless another name holds them.
    ///
    /// - Parameters:
    ///   - bucket: Where it is.
    ///   - key: Its name.
    ///   - precondition: What must hold of the file.
    ///   - admission: Priority, client, id, callbacks.
    /// - Returns: The file as it was.
    /// - Throws: `OperationError`; `StoreError` `.fileNotFound`, `.bucketNotFound`, `.preconditionFailed`.
    @discardableResult
    public func delete(
        from bucket: BucketName,
        key: FileKey,
        precondition: WritePrecondition = .none,
        admission: AdmissionOptions = AdmissionOptions()
    ) async throws -> FileRecord {
        try await self.withSlot(for: .delete, memory: Memory.small, name: "\(bucket)/\(key)", admission) { slot in
            try slot.operation.seal()
            return try await self.store.delete(bucket: bucket, key: key, precondition: precondition)
        }
    }

    /// All files of a bucket, or those whose keys begin in the same way, in the order of their keys' bytes.
    ///
    /// ```swift
    /// for try await file in manager.list(in: .default, prefix: "scans/") {
    ///     print(file.key, file.size)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - bucket: The bucket.
    ///   - prefix: What the keys begin with, byte for byte.
    /// - Returns: A sequence that holds a page of files at a time, and throws `StoreError` `.bucketNotFound`.
    public func list(in bucket: BucketName, prefix: String = "") -> FileListing {
        FileListing(request: ListRequest(bucket: bucket, prefix: prefix)) { try self.list($0) }
    }

    /// A page of the names in a bucket, in the order of their bytes.
    ///
    /// ```swift
    /// var request = ListRequest(bucket: .default, prefix: "scans/", delimiter: "/", limit: 100)
    /// let page = try manager.list(request)
    /// print(page.prefixes, page.files.map(\.key))
    /// request.after = page.next
    /// ```
    ///
    /// - Throws: `StoreError` `.bucketNotFound`.
    public func list(_ request: ListRequest) throws -> ListPage {
        try self.counted(.list, "\(request.bucket)/\(request.prefix)") { try self.store.list(request) }
    }

    /// Looks a file up.
    ///
    /// - Throws: `StoreError` `.fileNotFound`, `.bucketNotFound`.
    public func file(in bucket: BucketName, key: FileKey) throws -> FileRecord {
        try self.counted(.stat, "\(bucket)/\(key)") { try self.store.file(bucket: bucket, key: key) }
    }

    /// All buckets, by name.
    public func buckets() throws -> [BucketRecord] {
        try self.counted(.bucket, "") { try self.store.buckets() }
    }

    /// Finds a bucket with its figures.
    ///
    /// - Throws: `StoreError` `.bucketNotFound`.
    public func bucket(_ name: BucketName) throws -> BucketRecord {
        try self.counted(.bucket, name.text) { try self.store.bucket(name) }
    }

    /// Creates a bucket, or finds it there.
    public func createBucket(_ name: BucketName) async throws -> (bucket: BucketRecord, isNew: Bool) {
        try await self.counted(.bucket, name.text) { try await self.store.createBucket(name) }
    }

    /// Removes an empty bucket.
    ///
    /// - Throws: `StoreError` `.bucketNotFound`, `.bucketNotEmpty`.
    public func deleteBucket(_ name: BucketName) async throws {
        try await self.counted(.bucket, name.text) { try await self.store.deleteBucket(name) }
    }
}
