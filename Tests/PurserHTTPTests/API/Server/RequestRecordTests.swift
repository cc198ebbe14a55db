import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Purser
import PurserBlobs
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserHTTP

/// What is told of requests.
@Suite(.timeLimit(.minutes(1)))
struct RequestRecordTests {
    private final class Records: Sendable {
        private let all = Mutex<[RequestRecord]>([])

        func add(_ record: RequestRecord) { self.all.withLock { $0.append(record) } }

        func take() -> [RequestRecord] {
            self.all.withLock { all in
                defer { all = [] }
                return all
            }
        }
    }

    private func run(
        _ change: @Sendable (inout ServerConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (any TestClientProtocol, Records) async throws -> Void
    ) async throws {
        var configuration = ServerConfiguration()
        change(&configuration)
        let settings = configuration
        try await TestAPI.withManager(fileSystem: LocalFileSystem(), { _ in }) { manager in
            let records = Records()
            let server = PurserServer(
                manager: manager,
                configuration: settings,
                logger: TestAPI.logger,
                onRequest: { records.add($0) }
            )
            try await server.application().test(.router) { try await body($0, records) }
        }
    }

    @Test func everyRequestIsToldOnceWithItsOperation() async throws {
        try await self.run { client, records in
            let path = "/v1/buckets/default/files/a.txt"
            let put = try await client.execute(uri: path, method: .put, body: ByteBuffer(string: "hello"))
            var record = try #require(records.take().first)
            #expect(record.method == "PUT" && record.status == 201 && record.bytes == 5)
            #expect(record.operation?.kind == .upload && record.operation?.state == .succeeded)
            #expect(record.id == put.headers[.xRequestID])
            let id = try #require(record.operation?.id.description)
            #expect(String(buffer: put.body).contains(id))
            #expect(!record.route.contains("a.txt"), "a name of a file is not told")
            #expect(put.headers[.serverTiming]?.contains("catalog;dur=") == true)

            _ = try await client.execute(uri: path, method: .get)
            record = try #require(records.take().first)
            #expect(record.method == "GET" && record.status == 200 && record.bytes == 5)
            #expect(record.operation?.kind == .download && record.operation?.state == .succeeded)

            _ = try await client.execute(uri: "/v1/buckets/default/files/none", method: .get)
            record = try #require(records.take().first)
            #expect(record.status == 404)

            _ = try await client.execute(uri: "/nothing", method: .get)
            record = try #require(records.take().first)
            #expect(record.status == 404 && record.operation == nil)
            #expect(record.route == "NotFound", "what a client asks for is not told")
            #expect(records.take().isEmpty)
        }
    }

    @Test func nothingIsToldWhereRequestsAreNotLogged() async throws {
        try await self.run({ $0.logsRequests = false }) { client, records in
            let answer = try await client.execute(uri: "/healthz", method: .get)
            #expect(answer.status == .ok)
            #expect(records.take().isEmpty)
        }
    }
}
