public import Foundation
import GRDB
public import PurserIdentifiers

extension Catalog {
    /// What is known of a content; `nil` where it is unknown.
    public func blob(_ id: BlobID) throws -> BlobRecord? {
        try self.readers.read { db in try db.first(Query.blob, [id.data]) { try BlobRow($0).record } }
    }

    /// Lends the bytes of an inline content.
    ///
    /// The bytes are as SQLite holds them: copy what you keep, check them against the digest, and be quick, since a
    /// connection is held meanwhile.
    ///
    /// - Parameters:
    ///   - blob: The content's digest.
    ///   - body: Called at most once, on the caller's thread; the bytes are valid within it only.
    /// - Returns: What `body` returned; `nil` where the content is unknown or not inline.
    /// - Throws: ``CatalogError``; what `body` throws, as it is.
    public func withInlineContent<Value>(
        of blob: BlobID,
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value? {
        // The body's own errors are not the catalog's: carry them past the translation.
        let result: Result<Value, any Error>? = try self.readers.read { db in
            try db.first(Query.content, [blob.data]) { row in
                try row.bytes(0) { bytes in Result { try body(bytes) } }
            }
        }
        return try result?.get()
    }

    /// A copy of the bytes of an inline content; `nil` where the content is unknown or not inline.
    public func inlineContent(of blob: BlobID) throws -> [UInt8]? {
        try self.withInlineContent(of: blob) { [UInt8]($0) }
    }

    /// Contents that no file has had since a time, those waiting longest first: what the collector looks at.
    ///
    /// - Parameters:
    ///   - before: Only what was retired before this time, exclusive.
    ///   - limit: How many at most.
    /// - Returns: The contents, none of them live or being deleted.
    /// - Throws: ``CatalogError``.
    public func retiredBlobs(before: Date, limit: Int) throws -> [BlobRecord] {
        try self.readers.read { db in
            try db.all(Query.retiredBlobs, [before.milliseconds, max(0, limit)]) { try BlobRow($0).record }
        }
    }

    /// Contents whose deletion has begun: what a collector has to finish after a restart.
    public func deletingBlobs(limit: Int) throws -> [BlobRecord] {
        try self.readers.read { db in try db.all(Query.deletingBlobs, [max(0, limit)]) { try BlobRow($0).record } }
    }

    /// Begins to delete a content: the first of the collector's two steps.
    ///
    /// From then on no file can take the content up (`.blobDeleting`), so that its bytes can go without losing an
    /// upload of the same content; ``forget(_:)`` follows once they are gone.
    ///
    /// - Parameters:
    ///   - blob: The content's digest.
    ///   - retiredBefore: The end of the grace time, exclusive.
    /// - Returns: Whether it is marked by this call; `false` where a file has it again, its grace time is not over, it
    ///   is unknown, or its deletion has begun before.
    /// - Throws: ``CatalogError`` `.noSpace`, `.readOnly`.
    public func markDeleting(_ blob: BlobID, retiredBefore: Date) async throws -> Bool {
        try await self.writer.submit { try $0.markDeleting(blob, retiredBefore: retiredBefore) }
    }

    /// Ends the deletion of a content whose bytes are gone; those of an inline content go with this call.
    ///
    /// An unknown content is fine: the call may be repeated.
    ///
    /// - Throws: ``CatalogError`` `.blobInUse` unless ``markDeleting(_:retiredBefore:)`` went before.
    public func forget(_ blob: BlobID) async throws {
        try await self.writer.submit { try $0.forget(blob) }
    }

    /// Notes that a content's bytes were found damaged, or are whole again.
    ///
    /// An unknown content is left alone.
    public func flag(_ blob: BlobID, damaged: Bool) async throws {
        try await self.writer.submit { try $0.flag(blob, damaged: damaged) }
        if damaged { self.onDamage?(blob) }
    }
}
