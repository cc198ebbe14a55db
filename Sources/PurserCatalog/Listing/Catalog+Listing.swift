import GRDB
public import PurserIdentifiers

extension Catalog {
    /// Lists files by key, in byte order.
    ///
    /// The cost is that of the entries of the page, whatever comes before, and one search of the index for each common
    /// prefix, whatever lies beneath it. A page shows one moment; the next page shows a later one.
    ///
    /// - Parameters:
    ///   - bucket: The bucket to list.
    ///   - prefix: What the keys must begin with, compared by bytes.
    ///   - delimiter: Keys that contain it after the prefix appear as one common prefix, up to and with it. Any
    ///     number of letters; `nil` or empty lists all keys.
    ///   - after: Where a page before ended, see ``ListPage/next``.
    ///   - limit: Files and prefixes of the page; less than 1 counts as 1.
    /// - Returns: The page; files and prefixes merge by their bytes.
    /// - Throws: ``CatalogError`` `.noSuchBucket`.
    public func list(
        bucket: BucketName,
        prefix: String = "",
        delimiter: String? = nil,
        after: ListPosition? = nil,
        limit: Int
    ) throws -> ListPage {
        try self.readers.read { db in
            guard let row = try db.first(Query.bucket, [bucket.text], { try BucketRow($0) }) else {
                throw CatalogError.noSuchBucket(bucket)
            }
            var listing = Listing(bucket: row, prefix: prefix, delimiter: delimiter, after: after, limit: max(1, limit))
            guard listing.delimiter != nil else {
                try listing.run(db)
                return listing.page
            }
            // Several statements, which are to see the same moment.
            try db.inTransaction(.deferred) {
                try listing.run(db)
                return .commit
            }
            return listing.page
        }
    }
}
