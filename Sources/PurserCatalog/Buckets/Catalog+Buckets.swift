public import Foundation
import GRDB
public import PurserIdentifiers

extension Catalog {
    /// A bucket and what it holds; `nil` where there is none of that name.
    public func bucket(_ name: BucketName) throws -> BucketRecord? {
        try self.readers.read { db in try db.first(Query.bucket, [name.text]) { try BucketRow($0).record } }
    }

    /// Whether there is a bucket of that name; cheap where that was asked lately.
    public func hasBucket(_ name: BucketName) throws -> Bool {
        try self.cache.hasBucket(name) { try self.bucket(name) != nil }
    }

    /// All buckets by name, in byte order.
    public func buckets() throws -> [BucketRecord] {
        try self.readers.read { db in try db.all(Query.buckets) { try BucketRow($0).record } }
    }

    /// Makes a bucket, or finds it where it is there.
    ///
    /// - Returns: The bucket, and whether this call made it.
    public func createBucket(_ name: BucketName, at time: Date) async throws -> (BucketRecord, created: Bool) {
        try await self.writer.submit { try $0.createBucket(name, at: time) }
    }

    /// Deletes an empty bucket.
    ///
    /// - Throws: ``CatalogError`` `.noSuchBucket`, `.bucketNotEmpty`.
    public func deleteBucket(_ name: BucketName) async throws {
        try await self.writer.submit { try $0.deleteBucket(name) }
    }
}
