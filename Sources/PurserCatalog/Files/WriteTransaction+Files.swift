import Foundation
import GRDB
import PurserIdentifiers

extension WriteTransaction {
    /// The file under a key, which must be there.
    func existingFile(_ bucket: BucketName, _ key: FileKey) throws -> FileRow {
        guard let row = try self.bucket(bucket) else { throw CatalogError.noSuchBucket(bucket) }
        guard let file = try self.file(in: row, key) else { throw CatalogError.noSuchFile(in: bucket) }
        return file
    }

    private func file(in bucket: BucketRow, _ key: FileKey) throws -> FileRow? {
        try self.db.first(Query.fileInBucket, [bucket.row, key.data]) { try FileRow($0, in: bucket.record.name) }
    }

    func delete(
        _ bucket: BucketName,
        _ key: FileKey,
        precondition: WritePrecondition,
        at time: Date
    ) throws -> FileRecord {
        let file = try self.existingFile(bucket, key)
        try precondition.check(file.record)
        guard let row = try self.bucket(bucket) else { throw CatalogError.noSuchBucket(bucket) }
        try self.write(Query.deleteFile, [row.row, key.data])
        self.changes(key, in: bucket)
        try self.release(file.blob, at: time)
        let lost = try self.bytesLost(with: file.blob, in: row)
        self.count(files: -1, bytes: -file.record.size, physicalBytes: -lost, in: row)
        return file.record
    }

    /// Decides everything first, then writes: see ``Catalog/commit(_:)``.
    ///
    /// The metadata come as they are kept, encoded by the caller to spare the writer. A content said to exist may be a
    /// damaged one only with `takesDamaged`.
    func commit(
        _ file: NewFile,
        metadata: String?,
        takesDamaged: Bool = false,
        comparesBytes: Bool = false
    ) throws -> CommitOutcome {
        guard let bucket = try self.bucket(file.bucket) else { throw CatalogError.noSuchBucket(file.bucket) }
        let current = try self.file(in: bucket, file.key)
        try file.precondition.check(current?.record)
        let isSameContent = current?.blob.record.id == file.blob
        var known = isSameContent ? current?.blob : try self.blob(file.blob)
        try self.check(known?.record, against: file, takesDamaged: takesDamaged)
        if comparesBytes, let found = known, try !self.isKept(found, as: file.content) {
            known?.record.isDamaged = true
        }

        var usedOfferedBytes = false
        let blob: BlobRow
        if var found = known {
            if found.record.isDamaged, !file.content.isExisting {
                try self.repair(&found, with: file.content)
                usedOfferedBytes = true
            }
            if !isSameContent {
                try self.refer(to: &found)
            }
            blob = found
        } else {
            blob = try self.insertBlob(file.blob, size: file.size, content: file.content, at: file.at)
            usedOfferedBytes = true
        }
        if let current, !isSameContent {
            try self.release(current.blob, at: file.at)
        }
        let record = try self.name(
            blob,
            isNew: known == nil,
            as: file,
            metadata: metadata,
            in: bucket,
            replacing: current
        )
        return CommitOutcome(
            file: record,
            replaced: current?.record,
            deduplicated: known != nil && !usedOfferedBytes && file.blob != .empty,
            usedOfferedBytes: usedOfferedBytes
        )
    }

    /// Whether an inline content is kept with the bytes offered.
    private func isKept(_ known: BlobRow, as offered: NewFile.Content) throws -> Bool {
        guard case .inline(let bytes) = offered else { return true }
        guard known.record.encoding == BlobRecord.inlineEncoding else {
            throw CatalogError(.blobElsewhere, "content \(known.record.id) is kept in a file, or compressed")
        }
        let isSame = try self.db.first(Query.content, [known.record.id.data]) { row in
            try row.bytes(0) { kept in bytes.withUnsafeBytes { $0.elementsEqual(kept) } }
        }
        return isSame ?? false
    }

    /// Whether the content can be taken up as offered.
    private func check(_ known: BlobRecord?, against file: NewFile, takesDamaged: Bool) throws {
        if let known, known.size != file.size {
            throw CatalogError(.contradiction, "content \(file.blob) has \(known.size) bytes, not \(file.size)")
        }
        switch file.content {
        case .existing:
            guard let known, known.state != .deleting, takesDamaged || !known.isDamaged else {
                throw CatalogError(.blobAbsent, "content \(file.blob) is not there: send its bytes")
            }
        case .inline, .stored:
            guard known?.state != .deleting else {
                throw CatalogError(.blobDeleting, "content \(file.blob) is being deleted: offer it again")
            }
        }
    }

    /// Writes the row of the file.
    private func name(
        _ blob: BlobRow,
        isNew: Bool,
        as file: NewFile,
        metadata: String?,
        in bucket: BucketRow,
        replacing current: FileRow?
    ) throws -> FileRecord {
        let time = file.at.milliseconds
        self.changes(file.key, in: file.bucket)
        // Before the name is written: after that the bucket has the content in any case.
        let gained = try isNew || !self.holds(blob, in: bucket) ? blob.record.storedSize : 0
        if let current {
            try self.write(
                Query.replaceFile,
                [blob.row, file.contentType, metadata, time, bucket.row, file.key.data]
            )
            let lost = try current.blob.row == blob.row ? 0 : self.bytesLost(with: current.blob, in: bucket)
            self.count(files: 0, bytes: file.size - current.record.size, physicalBytes: gained - lost, in: bucket)
        } else {
            try self.write(
                Query.insertFile,
                [bucket.row, file.key.data, blob.row, file.contentType, metadata, time, time]
            )
            self.count(files: 1, bytes: file.size, physicalBytes: gained, in: bucket)
        }
        return FileRecord(
            bucket: file.bucket,
            key: file.key,
            blob: file.blob,
            size: file.size,
            contentType: file.contentType,
            metadata: file.metadata,
            createdAt: current?.record.createdAt ?? Date(milliseconds: time),
            modifiedAt: Date(milliseconds: time),
            encoding: blob.record.encoding,
            storedSize: blob.record.storedSize,
            isDamaged: blob.record.isDamaged
        )
    }
}
