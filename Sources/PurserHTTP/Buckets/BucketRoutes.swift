import Hummingbird
import Purser
import PurserIdentifiers
import PurserStore

/// Buckets: list, create, look at, remove.
struct BucketRoutes: Sendable {
    let manager: FileStorageManager

    var routes: [Route] {
        [
            Route(.get, "/v1/buckets", as: .bucket) { _, _ in try self.list() },
            Route(.put, "/v1/buckets/:bucket", as: .bucket) { request, _ in try await self.create(request) },
            Route(.get, "/v1/buckets/:bucket", as: .bucket) { request, _ in try self.show(request) },
            Route(.delete, "/v1/buckets/:bucket", as: .bucket) { request, _ in try await self.remove(request) },
        ]
    }

    private func list() throws -> Response {
        .json(BucketListDocument(buckets: try self.manager.store.buckets().map { BucketDocument($0) }))
    }

    private func create(_ request: Request) async throws -> Response {
        let (bucket, isNew) = try await self.manager.store.createBucket(RequestPath.bucket(of: request))
        return .json(BucketDocument(bucket), status: isNew ? .created : .ok)
    }

    private func show(_ request: Request) throws -> Response {
        .json(BucketDocument(try self.manager.store.bucket(RequestPath.bucket(of: request))))
    }

    private func remove(_ request: Request) async throws -> Response {
        try await self.manager.store.deleteBucket(RequestPath.bucket(of: request))
        return Response(status: .noContent)
    }
}
