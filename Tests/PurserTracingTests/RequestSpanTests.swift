import HTTPTypes
import Hummingbird
import HummingbirdTesting
import InMemoryTracing
import Logging
import NIOCore
import Purser
import Testing
import Tracing

@testable import PurserHTTP

/// What a client sees that traces its own requests.
@Suite(.timeLimit(.minutes(1)))
struct RequestSpanTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    /// Sends a request below a span of the client.
    private func send(
        _ method: HTTPRequest.Method,
        _ target: String,
        below parent: String,
        to manager: FileStorageManager,
        body: ByteBuffer? = nil
    ) async throws -> HTTPResponse.Status {
        let server = PurserServer(manager: manager, configuration: ServerConfiguration(), logger: Logger(label: "test"))
        return try await server.application().test(.router) { client in
            let field = try #require(HTTPField.Name("traceparent"))
            let headers: HTTPFields = [field: "00-\(Self.trace)-\(parent)-01"]
            return try await client.execute(uri: target, method: method, headers: headers, body: body) { $0.status }
        }
    }

    @Test
    func stagesOfAnUploadStandBelowTheClientsSpan() async throws {
        let tracer = W3CTracer.installed
        try await withTracedManager { manager in
            let body = ByteBuffer(repeating: 1, count: 300_000)
            let parent = "00f067aa0ba902b7"
            let target = "/v1/buckets/default/files/secret.bin"
            let status = try await self.send(.put, target, below: parent, to: manager, body: body)
            #expect(status == .created)
            let spans = tracer.descendants(of: parent)
            #expect(spans.allSatisfy { $0.traceID == Self.trace })
            let request = try #require(spans.first { $0.parentSpanID == parent })
            #expect(request.operationName.hasPrefix("PUT /v1/buckets/"))
            #expect(request.attributes.get("http.response.status_code") == .int64(201))
            #expect(request.attributes.get("purser.operation.kind") == .string("upload"))
            expectStages(spans.filter { $0.parentSpanID == request.spanID })
            #expect(!spans.contains { $0.operationName.contains("secret") }, "names of files are no names of spans")
        }
    }

    @Test
    func requestWithoutAnOperationIsOneSpan() async throws {
        let tracer = W3CTracer.installed
        try await withTracedManager { manager in
            let parent = "00f067aa0ba902b8"
            let status = try await self.send(.get, "/v1/buckets/none", below: parent, to: manager)
            #expect(status == .notFound)
            let spans = tracer.descendants(of: parent)
            #expect(spans.count == 1 && spans.first?.attributes.get("http.response.status_code") == .int64(404))
        }
    }
}
