public import PurserCatalog
public import PurserIdentifiers
import PurserOperations
public import PurserStore

extension FileStorageManager {
    /// Gives a content another name without moving bytes.
    ///
    /// - Throws: `OperationError`; `StoreError` `.fileNotFound`, `.bucketNotFound`, `.preconditionFailed`, `.storeFull`.
    public func copy(
        _ request: CopyRequest,
        admission: AdmissionOptions = AdmissionOptions()
    ) async throws -> StoredFile {
        try await self.withShortSlot(for: .copy, name: "\(request.bucket)/\(request.key)", admission) { operation in
            try operation.seal()
            return StoredFile(try await self.store.copy(request), operation.id)
        }
    }

    /// Removes a file.
    ///
    /// - Returns: The file as it was.
    /// - Throws: `OperationError`; `StoreError` `.fileNotFound`, `.bucketNotFound`, `.preconditionFailed`.
    @discardableResult
    public func delete(
        from bucket: BucketName,
        key: FileKey,
        precondition: WritePrecondition = .none,
        admission: AdmissionOptions = AdmissionOptions()
    ) async throws -> FileRecord {
        try await self.withShortSlot(for: .delete, name: "\(bucket)/\(key)", admission) { operation in
            try operation.seal()
            return try await self.store.delete(bucket: bucket, key: key, precondition: precondition)
        }
    }

    /// A page of the names in a bucket, in the order of their bytes.
    ///
    /// - Throws: `StoreError` `.bucketNotFound`.
    public func list(_ request: ListRequest) throws -> ListPage {
        try self.store.list(request)
    }

    /// Looks a file up.
    ///
    /// - Throws: `StoreError` `.fileNotFound`, `.bucketNotFound`.
    public func file(in bucket: BucketName, key: FileKey) throws -> FileRecord {
        try self.store.file(bucket: bucket, key: key)
    }

    /// All buckets, by name.
    public func buckets() throws -> [BucketRecord] {
        try self.store.buckets()
    }

    /// Finds a bucket with its figures.
    ///
    /// - Throws: `StoreError` `.bucketNotFound`.
    public func bucket(_ name: BucketName) throws -> BucketRecord {
        try self.store.bucket(name)
    }

    /// Creates a bucket, or finds it there.
    public func createBucket(_ name: BucketName) async throws -> (bucket: BucketRecord, isNew: Bool) {
        try await self.store.createBucket(name)
    }

    /// Removes an empty bucket.
    ///
    /// - Throws: `StoreError` `.bucketNotFound`, `.bucketNotEmpty`.
    public func deleteBucket(_ name: BucketName) async throws {
        try await self.store.deleteBucket(name)
    }

    private func withShortSlot<Value: Sendable>(
        for kind: OperationKind,
        name: String,
        _ admission: AdmissionOptions,
        _ body: @escaping @Sendable (Operation) async throws -> Value
    ) async throws -> Value {
        try await self.resources.withSlot(
            for: kind,
            bytes: nil,
            memory: Memory.small,
            name: name,
            client: admission.client,
            priority: admission.priority,
            deadline: admission.deadline,
            id: admission.operationID,
            onQueued: admission.onQueued
        ) { slot in try await body(slot.operation) }
    }
}
