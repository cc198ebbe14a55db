import PurserCatalog
import PurserIdentifiers

/// A limit that is exceeded: that of the store, or of one bucket.
struct SizeLimitExcess {
    /// The bucket; the whole store where there is none.
    var bucket: BucketName?
    /// Bytes as kept that have to go.
    var bytes: Int64
    /// Bytes as kept that there are.
    var used: Int64
    /// How many there may be.
    var limit: Int64

    /// Why files go, for the audit trail.
    var reason: String {
        "the \(self.bucket == nil ? "store" : "bucket") holds \(self.used) bytes, limit \(self.limit)"
    }

    /// The part of what a removal wins that counts for this limit.
    func counted(_ freed: FreedBytes) -> Int64 { self.bucket == nil ? freed.inStore : freed.inBucket }
}

extension SizeLimitPolicy {
    /// How many limits there are: the store's own, which comes first, and those of buckets.
    var limits: Int { 1 + self.buckets.count }

    /// Buckets that have a limit.
    var limitedBuckets: Set<BucketName> { Set(self.buckets.map(\.bucket)) }

    /// How far a limit is exceeded; `nil` where it is kept, or of a bucket that is not there.
    ///
    /// - Parameters:
    ///   - number: Which limit, from 0.
    ///   - catalog: Counts what there is.
    ///   - forecast: What is chosen to go, and counts no more.
    /// - Returns: What has to go.
    /// - Throws: `CatalogError`.
    func excess(_ number: Int, in catalog: Catalog, after forecast: Forecast) throws -> SizeLimitExcess? {
        guard number > 0 else {
            let totals = try catalog.totals()
            let used = totals.physicalBytes - totals.reclaimableBytes - forecast.freedBytes
            return Self.excess(nil, used: used, limit: self.maxStorageSize, low: self.lowMark)
        }
        let limit = self.buckets[number - 1]
        guard let bucket = try catalog.bucket(limit.bucket) else { return nil }
        let used = bucket.physicalBytes - forecast.freedBytes(inBucket: limit.bucket)
        return Self.excess(limit.bucket, used: used, limit: limit.maxBytes, low: limit.lowMark)
    }

    private static func excess(_ bucket: BucketName?, used: Int64, limit: Int64, low: Int64?) -> SizeLimitExcess? {
        guard used > limit else { return nil }
        return SizeLimitExcess(bucket: bucket, bytes: used - self.lowMark(low, of: limit), used: used, limit: limit)
    }
}
