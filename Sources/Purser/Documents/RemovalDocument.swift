package import PurserCatalog

/// A file that a run removed.
package struct RemovalDocument: Codable, Sendable {
    package var number: Int64
    package var time: String
    package var strategy: String
    package var reason: String
    package var bucket: String
    package var key: String
    package var sha256: String
    package var size: Int64
    package var releasedBytes: Int64

    init(_ record: RemovalRecord) {
        self.number = record.number
        self.time = record.time.rfc3339
        self.strategy = record.strategy
        self.reason = record.reason
        self.bucket = record.bucket
        self.key = record.key.text
        self.sha256 = record.blob.hex
        self.size = record.size
        self.releasedBytes = record.released
    }
}

/// A page of what a run removed: `GET /v1/optimizer/runs/{id}/removals`.
package struct RemovalListDocument: Codable, Sendable {
    package var removals: [RemovalDocument]
    @OrNull package var nextCursor: String?

    /// Describes a page; one that is full has a next one, which may be empty.
    package init(_ records: [RemovalRecord], limit: Int) {
        self.removals = records.map { RemovalDocument($0) }
        self.nextCursor = records.count == limit ? records.last.map { "\($0.number)" } : nil
    }
}
