import Foundation
import NIOCore
import Purser
import PurserIdentifiers
import PurserOperations
import PurserStore

/// The service of a store that this process has opened itself, because no server has it.
struct LocalService: StorageService {
    let manager: FileStorageManager

    /// Serves an open store.
    init(_ manager: FileStorageManager) {
        self.manager = manager
    }

    func upload(
        _ source: ContentSource,
        to place: FilePlace,
        options: PutOptions,
        operation: OperationID
    ) async throws -> StoredFileDocument {
        var upload = UploadOptions()
        upload.contentType = options.contentType
        upload.metadata = options.metadata
        upload.precondition = options.mustBeNew ? .absent : .none
        upload.admission = Self.admission(operation)
        return StoredFileDocument(
            try await self.manager.upload(
                to: place.bucket,
                key: place.key,
                body: source,
                size: source.size,
                options: upload
            )
        )
    }

    func download(
        _ place: FilePlace,
        continuing part: ContentPart?,
        operation: OperationID,
        begin: @escaping @Sendable (ContentFacts) async throws -> Void,
        deliver: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        let isBegun = OnceFlag()
        let known = try self.manager.file(in: place.bucket, key: place.key)
        let offset = part.flatMap { $0.sha256 == known.blob && $0.bytes < known.size ? $0.bytes : nil } ?? 0
        let start: @Sendable (FileRecord) async throws -> Void = { file in
            guard offset == 0 || file.blob == known.blob else {
                throw CommandError("\(place) was replaced while it was fetched; try again")
            }
            try await begin(ContentFacts(size: file.size, sha256: file.blob, offset: offset))
        }
        let file = try await self.manager.download(
            from: place.bucket,
            key: place.key,
            range: offset > 0 ? offset..<known.size : nil,
            admission: Self.admission(operation)
        ) { file, piece in
            if isBegun.raise() { try await start(file) }
            try await deliver(piece)
        }
        // An empty content has no pieces.
        if isBegun.raise() { try await start(file) }
    }

    private static func admission(_ operation: OperationID) -> AdmissionOptions {
        var admission = AdmissionOptions()
        admission.operationID = operation
        return admission
    }

    func file(_ place: FilePlace) async throws -> FileDocument {
        FileDocument(try self.manager.file(in: place.bucket, key: place.key))
    }

    func list(_ query: FileQuery, after cursor: FilePage.Cursor?) async throws -> FilePage {
        var request = ListRequest(bucket: query.bucket, prefix: query.prefix, delimiter: query.delimiter)
        request.limit = query.limit
        if case .local(let position) = cursor { request.after = position }
        let page = try self.manager.list(request)
        return FilePage(
            files: page.files.map { FileDocument($0) },
            prefixes: page.prefixes,
            next: page.next.map { .local($0) }
        )
    }

    func delete(_ place: FilePlace) async throws {
        try await self.manager.delete(from: place.bucket, key: place.key)
    }

    func copy(_ source: FilePlace, to target: FilePlace) async throws -> StoredFileDocument {
        let request = CopyRequest(from: (source.bucket, source.key), to: (target.bucket, target.key))
        return StoredFileDocument(try await self.manager.copy(request))
    }

    func buckets() async throws -> [BucketDocument] {
        try self.manager.buckets().map { BucketDocument($0) }
    }

    func createBucket(_ name: BucketName) async throws -> BucketDocument {
        BucketDocument(try await self.manager.createBucket(name).bucket)
    }

    func deleteBucket(_ name: BucketName) async throws {
        try await self.manager.deleteBucket(name)
    }
}

extension FileDocument {
    /// Shows a file of the store as the API does.
    init(_ file: FileRecord) {
        self.init(
            bucket: file.bucket.text,
            key: file.key.text,
            size: file.size,
            sha256: file.blob.hex,
            etag: "\"\(file.blob.hex)\"",
            contentType: file.contentType ?? "application/octet-stream",
            metadata: file.metadata,
            createdAt: file.createdAt.rfc3339,
            modifiedAt: file.modifiedAt.rfc3339,
            damaged: file.isDamaged ? true : nil
        )
    }
}

extension StoredFileDocument {
    /// Shows a stored file as the API does.
    init(_ stored: StoredFile) {
        self.init(
            file: FileDocument(stored.file),
            isDeduplicated: stored.isDeduplicated,
            operationID: stored.operationID.description
        )
    }
}

extension BucketDocument {
    /// Shows a bucket of the store as the API does.
    init(_ bucket: BucketRecord) {
        self.init(
            name: bucket.name.text,
            createdAt: bucket.createdAt.rfc3339,
            files: bucket.files,
            logicalBytes: bucket.logicalBytes,
            physicalBytes: bucket.physicalBytes
        )
    }
}

extension Date {
    /// RFC 3339 in UTC with milliseconds.
    fileprivate var rfc3339: String {
        self.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
