import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PurserIdentifiers

extension RemoteService: StorageService {
    func upload(
        _ source: ContentSource,
        to place: FilePlace,
        options: PutOptions,
        operation: OperationID
    ) async throws -> StoredFileDocument {
        var headers = HTTPHeaders([("X-Operation-Id", operation.description)])
        if let contentType = options.contentType { headers.add(name: "Content-Type", value: contentType) }
        for (name, value) in options.metadata.sorted(by: { $0.key < $1.key }) {
            headers.add(name: "X-Meta-\(name)", value: value)
        }
        if options.mustBeNew { headers.add(name: "If-None-Match", value: "*") }
        // Of an announced length of none the client reads nothing, and would not notice that there are bytes.
        if source.size == 0 { for try await _ in source {} }
        return try await self.abandoning(operation) {
            let response = try await self.answer(
                .PUT,
                URLText.path(of: place),
                headers: headers,
                isRepeatable: source.isRepeatable
            ) {
                .stream(source, length: source.size.map { .known($0) } ?? .unknown)
            }
            return try await Self.document(StoredFileDocument.self, in: response)
        }
    }

    func download(
        _ place: FilePlace,
        continuing part: ContentPart?,
        operation: OperationID,
        begin: @escaping @Sendable (ContentFacts) async throws -> Void,
        deliver: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        var headers = HTTPHeaders([("X-Operation-Id", operation.description)])
        if let part {
            headers.add(name: "Range", value: "bytes=\(part.bytes)-")
            headers.add(name: "If-Range", value: "\"\(part.sha256)\"")
        }
        try await self.abandoning(operation) { [headers] in
            let response = try await self.answer(.GET, URLText.path(of: place), headers: headers)
            try await begin(try Self.facts(response))
            for try await piece in response.body where piece.readableBytes > 0 {
                try await deliver(piece)
            }
        }
    }

    private static func facts(_ response: HTTPClientResponse) throws -> ContentFacts {
        let headers = response.headers
        let isPart = response.status == .partialContent
        guard let length = headers.first(name: "Content-Length").flatMap({ Int64($0) }), length >= 0,
            let offset = isPart ? Self.offset(headers.first(name: "Content-Range") ?? "", length: length) : 0,
            let tag = headers.first(name: "ETag"), tag.count == 66, tag.hasPrefix("\""), tag.hasSuffix("\""),
            let sha256 = BlobID(hex: tag.dropFirst().dropLast())
        else {
            throw CommandError("the server did not say what it sends; it may be of another version than this program")
        }
        return ContentFacts(size: offset + length, sha256: sha256, offset: offset)
    }

    /// The first byte of a range that goes to the end: `bytes FIRST-LAST/SIZE` (RFC 9110 §14.4).
    private static func offset(_ contentRange: String, length: Int64) -> Int64? {
        guard contentRange.hasPrefix("bytes "),
            let first = Int64(contentRange.dropFirst("bytes ".count).prefix { $0 != "-" }), first >= 0,
            case let (size, isTooLarge) = first.addingReportingOverflow(length), !isTooLarge,
            contentRange == "bytes \(first)-\(size - 1)/\(size)"
        else { return nil }
        return first
    }

    /// Runs a transfer, and tells the server where it is cancelled.
    private func abandoning<Value: Sendable>(
        _ operation: OperationID,
        _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch {
            if Task.isCancelled { await self.abandon(operation) }
            throw error
        }
    }

    func file(_ place: FilePlace) async throws -> FileDocument {
        // The listing tells more than the header fields of the file do; the least key with a prefix is the prefix.
        let query = FileQuery(bucket: place.bucket, prefix: place.key.text, limit: 1)
        guard let file = try await self.list(query, after: nil).files.first, file.isAt(place.key) else {
            throw CommandError("there is no file \(place)", code: "file_not_found")
        }
        return file
    }

    func list(_ query: FileQuery, after cursor: FilePage.Cursor?) async throws -> FilePage {
        var items = [("limit", "\(query.limit)")]
        if !query.prefix.isEmpty { items.append(("prefix", query.prefix)) }
        if let delimiter = query.delimiter { items.append(("delimiter", delimiter)) }
        if case .remote(let cursor) = cursor { items.append(("cursor", cursor)) }
        let path = "/v1/buckets/\(query.bucket)/files\(URLText.query(items))"
        let page = try await self.document(path, as: FileListDocument.self)
        return FilePage(files: page.files, prefixes: page.prefixes, next: page.nextCursor.map { .remote($0) })
    }

    private struct FileListDocument: Decodable {
        var files: [FileDocument]
        var prefixes: [String]
        var nextCursor: String?

        enum CodingKeys: String, CodingKey {
            case files, prefixes
            case nextCursor = "next_cursor"
        }
    }

    func delete(_ place: FilePlace) async throws {
        _ = try await self.answer(.DELETE, URLText.path(of: place)).body.collect(upTo: 64 * 1024)
    }

    func copy(_ source: FilePlace, to target: FilePlace) async throws -> StoredFileDocument {
        let response = try await self.answer(
            .PUT,
            URLText.path(of: target),
            headers: ["X-Copy-From": "\(source.bucket)/\(URLText.path(of: source.key))"]
        )
        return try await Self.document(StoredFileDocument.self, in: response)
    }

    func buckets() async throws -> [BucketDocument] {
        try await self.document("/v1/buckets", as: BucketListDocument.self).buckets
    }

    private struct BucketListDocument: Decodable {
        var buckets: [BucketDocument]
    }

    func createBucket(_ name: BucketName) async throws -> BucketDocument {
        try await Self.document(BucketDocument.self, in: try await self.answer(.PUT, "/v1/buckets/\(name)"))
    }

    func deleteBucket(_ name: BucketName) async throws {
        _ = try await self.answer(.DELETE, "/v1/buckets/\(name)").body.collect(upTo: 64 * 1024)
    }
}

extension FileDocument {
    /// Whether this is the file of a key, byte for byte.
    func isAt(_ key: FileKey) -> Bool {
        self.key.utf8.elementsEqual(key.text.utf8)
    }
}
