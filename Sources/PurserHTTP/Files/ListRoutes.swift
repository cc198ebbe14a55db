import Hummingbird
import Purser
import PurserIdentifiers
import PurserStore

/// The listing of a bucket.
struct ListRoutes: Sendable {
    /// Lists that may be under way at a time: a client that does not read its answer holds a page in memory.
    static let maxLists = 128
    /// A page ends early where keys and metadata are larger than this together.
    static let maxPageBytes = 512 * 1024

    let manager: FileStorageManager
    let places = Places(ListRoutes.maxLists, code: "too_many_lists")

    var routes: [Route] {
        [Route(.get, "/v1/buckets/:bucket/files", as: .list) { request, _ in try self.list(request) }]
    }

    private func list(_ request: Request) throws -> Response {
        let query = try Query(request)
        var list = ListRequest(bucket: try RequestPath.bucket(of: request))
        list.prefix = query["prefix"] ?? ""
        list.delimiter = query["delimiter"].flatMap { $0.isEmpty ? nil : $0 }
        list.limit = try query.integer("limit", default: ListRequest.maxLimit, in: 1...ListRequest.maxLimit)
        guard list.prefix.utf8.count <= FileKey.maxBytes, (list.delimiter?.utf8.count ?? 0) <= FileKey.maxBytes else {
            throw Problem.malformed("invalid_parameter", "'prefix' and 'delimiter' take \(FileKey.maxBytes) bytes")
        }
        list.after = try query["cursor"].map { try ListCursor.decode($0, for: list) }
        let place = try self.places.take()
        let page = try self.manager.store.list(list).cut(toBytes: Self.maxPageBytes)
        let answer = Response.json(
            FileListDocument(
                files: page.files.map { FileDocument($0) },
                prefixes: page.prefixes,
                nextCursor: page.next.map { ListCursor.encode($0, for: list) }
            )
        )
        return answer.holding(place)
    }
}
