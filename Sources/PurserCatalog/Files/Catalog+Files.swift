public import Foundation
import GRDB
public import PurserIdentifiers

extension Catalog {
    /// The file under a key; `nil` where there is none, or no such bucket.
    ///
    /// Never waits for a write; sees what was committed before the call. Costs about a microsecond where it was read
    /// lately, else some ten.
    public func file(bucket: BucketName, key: FileKey) throws -> FileRecord? {
        try self.cache.file(FileCache.Name(bucket: bucket, key: key)) {
            try self.readers.read { db in
                try db.first(Query.file, [bucket.text, key.data]) { try FileRow($0, in: bucket).record }
            }
        }
    }

    /// Names a content: creates the file, or replaces the one under the key.
    ///
    /// Replacing keeps ``FileRecord/createdAt``. A content that is known already gets one more reference and stays as
    /// it is kept, unless it is flagged as damaged: then the bytes offered take its place. A refusal changes nothing.
    ///
    /// A task that is cancelled while its write waits for its turn withdraws it (`CancellationError`). Once the write
    /// has begun, the call returns what became of it, cancelled or not.
    ///
    /// - Throws: ``CatalogError`` `.noSuchBucket`; `.preconditionFailed` with the file that stands there; `.blobAbsent`
    ///   where a content said to exist does not, is damaged or is being deleted; `.blobDeleting` where bytes are
    ///   offered for a content that is being deleted; `.blobElsewhere`; `.contradiction`; `.noSpace`; `.readOnly`.
    ///
    /// - Parameters:
    ///   - file: What is to be committed.
    ///   - comparesBytes: For an inline content: whether the bytes of a known one are compared with those offered, and
    ///     replaced where they differ. One that is known and not kept inline as it is, is then refused as
    ///     `.blobElsewhere`.
    /// - Returns: The file, and what it replaced.
    public func commit(_ file: NewFile, comparesBytes: Bool = false) async throws -> CommitOutcome {
        try file.content.check(size: file.size)
        let metadata = try MetadataText.encode(file.metadata)
        let bytes = if case .inline(let bytes) = file.content { bytes.count } else { 0 }
        return try await self.writer.submit(inlineBytes: bytes) {
            try $0.commit(file, metadata: metadata, comparesBytes: comparesBytes)
        }
    }

    /// Gives another name to the content of a file, in one transaction and without moving bytes.
    ///
    /// A damaged file can be copied; the copy is as damaged, and says so.
    ///
    /// - Parameters:
    ///   - source: The file to copy.
    ///   - target: The name that the copy gets; it may be the source's own.
    ///   - sourcePrecondition: What must hold of the source.
    ///   - precondition: What must hold of the file under the target's key.
    ///   - attributes: What goes with the copy; the source's where `nil`.
    ///   - time: The time of the write.
    /// - Returns: The copy, and what it replaced.
    /// - Throws: ``CatalogError`` `.noSuchBucket` for either bucket; `.noSuchFile` for the source;
    ///   `.preconditionFailed` with the file that does not meet it; `.noSpace`; `.readOnly`.
    public func copy(
        from source: (bucket: BucketName, key: FileKey),
        to target: (bucket: BucketName, key: FileKey),
        sourcePrecondition: WritePrecondition = .none,
        precondition: WritePrecondition = .none,
        attributes: FileAttributes? = nil,
        at time: Date
    ) async throws -> CommitOutcome {
        let metadata = try attributes.map { try MetadataText.encode($0.metadata) }
        return try await self.writer.submit { transaction in
            let original = try transaction.existingFile(source.bucket, source.key).record
            try sourcePrecondition.check(original)
            let file = NewFile(
                bucket: target.bucket,
                key: target.key,
                blob: original.blob,
                size: original.size,
                content: .existing,
                contentType: attributes.map(\.contentType) ?? original.contentType,
                metadata: attributes?.metadata ?? original.metadata,
                precondition: precondition,
                at: time
            )
            return try transaction.commit(
                file,
                metadata: try metadata ?? MetadataText.encode(original.metadata),
                takesDamaged: true
            )
        }
    }

    /// Takes a file away.
    ///
    /// Its content is retired with its last file; the collector sees to the bytes.
    ///
    /// - Returns: The file as it was.
    /// - Throws: ``CatalogError`` `.noSuchBucket`; `.noSuchFile`, whatever the precondition; `.preconditionFailed`.
    public func delete(
        bucket: BucketName,
        key: FileKey,
        precondition: WritePrecondition = .none,
        at time: Date
    ) async throws -> FileRecord {
        try await self.writer.submit { try $0.delete(bucket, key, precondition: precondition, at: time) }
    }
}
