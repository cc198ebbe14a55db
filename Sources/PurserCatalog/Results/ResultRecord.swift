package import Foundation
package import PurserIdentifiers

/// A kept result.
package struct ResultRecord: Sendable, Equatable {
    /// Names it.
    package var key: ResultKey
    /// The pipeline of the step.
    package var pipeline: String
    /// The content that the step worked on.
    package var content: BlobID
    /// Bytes of its files and its document.
    package var bytes: Int64
    /// The result, as processing encodes it.
    package var document: String
    /// When it was made.
    package var createdAt: Date
    /// When it was last used, or made.
    package var usedAt: Date
    /// How many times it was used.
    package var hits: Int64

    /// Describes a result.
    package init(
        key: ResultKey,
        pipeline: String,
        content: BlobID,
        bytes: Int64,
        document: String,
        createdAt: Date,
        usedAt: Date,
        hits: Int64 = 0
    ) {
        self.key = key
        self.pipeline = pipeline
        self.content = content
        self.bytes = bytes
        self.document = document
        self.createdAt = createdAt
        self.usedAt = usedAt
        self.hits = hits
    }
}

/// What a choice among kept results goes by.
package struct ResultSummary: Sendable, Equatable {
    /// Names it.
    package var key: ResultKey
    /// Bytes of its files and its document.
    package var bytes: Int64
    /// How many times it was used.
    package var hits: Int64
}

/// How many results are kept.
package struct ResultTotals: Sendable, Equatable {
    /// Results.
    package var count: Int64
    /// Bytes of their files and documents.
    package var bytes: Int64
}

/// Uses of a kept result that were not written yet.
package struct ResultUses: Sendable, Equatable {
    /// How many.
    package var hits: Int64
    /// The last one.
    package var usedAt: Date

    /// Describes uses.
    package init(hits: Int64, usedAt: Date) {
        self.hits = hits
        self.usedAt = usedAt
    }
}
