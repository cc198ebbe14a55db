import Hummingbird

/// The description of the API (OpenAPI 3.1).
struct OpenAPIRoutes: Sendable {
    var routes: [Route] {
        [
            Route(.get, "/openapi.json") { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: "application/json"],
                    body: .init(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_json))
                )
            }
        ]
    }
}
