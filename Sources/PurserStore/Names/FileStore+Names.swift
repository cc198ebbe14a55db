import Foundation
public import PurserCatalog
public import PurserIdentifiers

extension FileStore {
    /// Gives a content a second name, or other metadata, without moving bytes.
    ///
    /// - Throws: ``StoreError`` `.fileNotFound`, `.bucketNotFound`, `.preconditionFailed`, `.storeFull`, `.readOnly`.
    public func copy(_ request: CopyRequest) async throws -> CommitOutcome {
        try await self.write {
            try await self.catalog.copy(
                from: (request.sourceBucket, request.sourceKey),
                to: (request.bucket, request.key),
                sourcePrecondition: request.sourcePrecondition,
                precondition: request.precondition,
                attributes: request.attributes,
                at: self.now()
            )
        }
    }

    /// Removes a name.
    ///
    /// The bytes go after the grace time where no other name holds them.
    ///
    /// - Throws: ``StoreError`` `.fileNotFound`, `.bucketNotFound`, `.preconditionFailed`, `.readOnly`.
    @discardableResult
    public func delete(
        bucket: BucketName,
        key: FileKey,
        precondition: WritePrecondition = .none
    ) async throws -> FileRecord {
        try await self.write {
            try await self.catalog.delete(bucket: bucket, key: key, precondition: precondition, at: self.now())
        }
    }

    /// Removes a file whose source is gone, and which was to go with it.
    ///
    /// - Returns: Whether there was one.
    /// - Throws: ``StoreError`` `.readOnly`, `.storeFull`, `.inputOutput`.
    package func deleteOrphan() async throws -> Bool {
        try await self.write { try await self.catalog.deleteOrphan(at: self.now()) }
    }

    /// Creates a bucket, or finds it there.
    public func createBucket(_ name: BucketName) async throws -> (bucket: BucketRecord, isNew: Bool) {
        try await self.write {
            let (bucket, created) = try await self.catalog.createBucket(name, at: self.now())
            return (bucket, created)
        }
    }

    /// Removes an empty bucket.
    ///
    /// - Throws: ``StoreError`` `.bucketNotFound`, `.bucketNotEmpty`, `.readOnly`.
    public func deleteBucket(_ name: BucketName) async throws {
        try await self.write { try await self.catalog.deleteBucket(name) }
    }

    /// Finds a bucket with its figures.
    ///
    /// - Throws: ``StoreError`` `.bucketNotFound`.
    public func bucket(_ name: BucketName) throws -> BucketRecord {
        do {
            if let bucket = try self.catalog.bucket(name) { return bucket }
            throw StoreError(.bucketNotFound, "there is no bucket '\(name)'")
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// All buckets, by name.
    public func buckets() throws -> [BucketRecord] {
        do {
            return try self.catalog.buckets()
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// A page of the names in a bucket, in the order of their bytes.
    ///
    /// A later page costs what the first one does.
    ///
    /// - Throws: ``StoreError`` `.bucketNotFound`.
    public func list(_ request: ListRequest) throws -> ListPage {
        do {
            return try self.catalog.list(
                bucket: request.bucket,
                prefix: request.prefix,
                delimiter: request.delimiter,
                after: request.after,
                limit: request.limit
            )
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// What the store holds, from counters.
    public func totals() throws -> CatalogTotals {
        do {
            return try self.catalog.totals()
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// Runs a write; on a full disk gives the reserve back and tries once more, so that deletes always work.
    func write<Value>(_ body: () async throws -> Value) async throws -> Value {
        try self.health.requireWritable()
        do {
            do {
                return try await body()
            } catch let error as CatalogError where error.code == .noSpace {
                guard self.releaseReserve() else { throw error }
                return try await body()
            }
        } catch {
            throw StoreError.translated(error)
        }
    }
}
