import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOHTTP1
import Purser
import PurserTestSupport
import Testing

@testable import PurserHTTP

/// The description of the API says what the server does, no less and no more.
@Suite struct OpenAPITests {
    let document: OpenAPIDocument

    init() throws {
        self.document = try OpenAPIDocument()
    }

    // MARK: Calls

    @Test func everyCallIsDescribedAndNoOther() async throws {
        let described = self.document.calls
        try await Self.withServer { server in
            let routes = Set(server.routes.map { Self.call(of: $0) })
            #expect(routes.count == server.routes.count, "two routes are one call")
            #expect(!routes.isEmpty)
            #expect(routes.subtracting(described).sorted() == [], "calls without a description")
            #expect(described.subtracting(routes).sorted() == [], "descriptions without a call")
        }
    }

    @Test func everyParameterInAPathIsDescribed() throws {
        let paths = try #require(self.document.root["paths"]).members
        for (path, item) in paths {
            let parameters = try (item["parameters"]?.elements ?? []).map { try self.document.resolved($0) }
            let described = parameters.filter { $0["in"] == .string("path") }.compactMap { $0["name"]?.text }
            let variables = path.split(separator: "/").filter { $0.hasPrefix("{") }
            let named = variables.map { String($0.dropFirst().dropLast()) }
            #expect(described.sorted() == named.sorted(), "\(path)")
        }
    }

    @Test func versionIsThatOfTheServer() {
        #expect(self.document.root["openapi"] == .string("3.1.0"))
        #expect(self.document.root["info"]?["version"] == .string(PurserVersion.current))
    }

    // MARK: Codes

    @Test(arguments: StoreError.Code.allCases)
    func errorOfTheStoreIsListed(_ code: StoreError.Code) throws {
        try self.expectListed(Problem(describing: StoreError(code, "a reason")), code.rawValue)
    }

    @Test(arguments: OperationError.Code.allCases)
    func errorOfAnOperationIsListed(_ code: OperationError.Code) throws {
        try self.expectListed(Problem(describing: OperationError(code, "a reason")), code.rawValue)
    }

    @Test(arguments: MonitorError.Code.allCases)
    func errorOfTheMonitorIsListed(_ code: MonitorError.Code) throws {
        try self.expectListed(Problem(describing: MonitorError(code, "a reason")), code.rawValue)
    }

    @Test(arguments: AlertError.Code.allCases)
    func errorOfAnAlertIsListed(_ code: AlertError.Code) throws {
        try self.expectListed(Problem(describing: AlertError(code, "a reason")), code.rawValue)
    }

    @Test(arguments: OptimizerError.Code.allCases)
    func errorOfTheOptimizerIsListed(_ code: OptimizerError.Code) throws {
        try self.expectListed(Problem(describing: OptimizerError(code, "a reason")), code.rawValue)
    }

    @Test(arguments: ProcessingError.Code.allCases)
    func errorOfProcessingIsListed(_ code: ProcessingError.Code) throws {
        try self.expectListed(Problem(describing: ProcessingError(code, "a reason")), code.rawValue)
    }

    @Test(arguments: [IdentifierError.Code.invalidKey, .invalidBucketName, .invalidOperationID])
    func errorOfANameIsListed(_ code: IdentifierError.Code) throws {
        try self.expectListed(Problem(describing: IdentifierError(code, "a reason")), code.rawValue)
    }

    @Test(arguments: [
        Refusal.Code.malformedRequest, .uriTooLong, .headersTooLarge, .expectationFailed, .requestTimeout,
        .notImplemented, .versionNotSupported,
    ])
    func refusalOfTheConnectionIsListed(_ code: Refusal.Code) throws {
        let refusal = Refusal(code, "a reason")
        #expect(try self.document.codes(of: Int(refusal.status.code)).contains(code.rawValue))
        let body = try JSONValue(json: refusal.body.utf8)
        #expect(try self.document.objections(to: body, under: Self.schema("Problem\(refusal.status.code)")) == [])
    }

    @Test func unknownErrorIsListed() throws {
        struct UnknownError: Error {}
        try self.expectListed(Problem(describing: UnknownError()), "internal")
        try self.expectListed(Problem(describing: HTTPError(.notFound)), "not_found")
    }

    /// What a client gets wrong must never be a failure of the service in the log of errors.
    @Test func codesOfClientsMistakesAreOfNoGreatSeverity() throws {
        let schemas = try #require(self.document.root["components"]?["schemas"])
        let statuses = (400..<500).filter { schemas["Problem\($0)"] != nil }
        let codes = try statuses.flatMap { try self.document.codes(of: $0) }
        try #require(codes.count > 50)
        let grave = codes.filter { ErrorSeverity(code: $0) > .medium }
        #expect(grave.sorted() == [])
    }

    @Test func codesOfACallAreAmongThoseOfTheirStatus() throws {
        var found = 0
        for call in self.document.calls {
            for (status, response) in try self.document.responses(to: call) {
                guard let schema = response["content"]?["application/problem+json"]?["schema"] else { continue }
                // The codes of a status are part of each schema, so none is left where a call names another.
                let named = schema["allOf"]?.elements.compactMap { $0["properties"]?["code"]?["enum"] }.first
                let allowed = try self.document.codes(of: #require(Int(status)))
                let codes = try self.document.codes(allowedBy: schema)
                #expect(!codes.isEmpty && codes.isSubset(of: allowed), "\(call) \(status)")
                if let named { #expect(codes.count == named.elements.count, "\(call) \(status)") }
                found += 1
            }
        }
        #expect(found > 0)
    }

    @Test func everyCodeHasOneStatus() throws {
        let schemas = try #require(self.document.root["components"]?["schemas"]).members
        var listed: [String] = []
        for name in schemas.keys where name.hasPrefix("Problem") {
            guard let status = Int(name.dropFirst("Problem".count)) else { continue }
            listed += try self.document.codes(of: status)
        }
        let all = try self.document.allCodes()
        #expect(!listed.isEmpty)
        #expect(listed.sorted() == all.sorted())
        #expect(Set(listed).count == listed.count)
    }

    // MARK: Answers

    @Test func answersAreAsDescribed() async throws {
        try await Self.withServer { server in
            try await server.application().test(.router) { client in
                server.manager.monitor.alerts.raise(AlertEvent(.contentDamaged, message: "two bytes differ"))
                let alert = try #require(server.manager.alerts().first)
                for exchange in Exchange.all + Exchange.alerts(alert.id) {
                    let answer = try await client.executeRequest(
                        uri: exchange.address,
                        method: exchange.call.requestMethod(),
                        headers: exchange.fields(),
                        body: exchange.body.map { ByteBuffer(string: $0) }
                    )
                    #expect(answer.status.code == exchange.status, "\(exchange)")
                    try self.expectDescribed(answer, to: exchange)
                }
            }
        }
    }

    private func expectDescribed(_ answer: TestResponse, to exchange: Exchange) throws {
        let responses = try self.document.responses(to: exchange.call)
        let response = try #require(responses["\(answer.status.code)"], "\(exchange): \(answer.status)")
        let described = Set((response["headers"]?.members ?? [:]).keys.map { $0.lowercased() })
        // What belongs to every message (RFC 9110 §6.6, §8) is not described as a header of an answer.
        for field in answer.headers where ![.contentType, .contentLength, .date].contains(field.name) {
            let name = field.name.canonicalName.hasPrefix("x-meta-") ? "x-meta-*" : field.name.canonicalName
            #expect(described.contains(name), "\(exchange): \(name) is not described")
        }
        #expect(answer.headers[.xRequestID] != nil, "\(exchange)")
        guard exchange.call.method != "HEAD", exchange.call.path != "/openapi.json" else { return }
        let type = answer.headers[.contentType] ?? ""
        if type == "text/event-stream" {
            let data = try #require(String(buffer: answer.body).split(separator: "\n").first { $0.hasPrefix("data: ") })
            let state = try JSONValue(json: data.dropFirst("data: ".count).utf8)
            let schema = Self.schema(exchange.call.path.hasPrefix("/v1/jobs") ? "Job" : "Operation")
            #expect(try self.document.objections(to: state, under: schema) == [], "\(exchange)")
        } else if type.hasSuffix("json") {
            let schema = try #require(response["content"]?[type]?["schema"], "\(exchange): \(type) is not described")
            let document = try JSONValue(json: answer.body.readableBytesView)
            #expect(try self.document.objections(to: document, under: schema) == [], "\(exchange)")
        }
    }

    @Test func operationIsAsDescribedAllItsLife() throws {
        let tracker = ProgressTracker()
        let operation = try tracker.begin(.upload, name: "default/a", bytesTotal: 10)
        try self.expectDescribed(operation.snapshot)
        try operation.start()
        operation.update(message: "halfway")
        operation.advance(bytes: 5)
        try self.expectDescribed(operation.snapshot)
        operation.finish(.failure(OperationError(.operationTimedOut, "a reason")))
        #expect(operation.snapshot.error != nil)
        try self.expectDescribed(operation.snapshot)
    }

    private func expectDescribed(_ operation: OperationSnapshot) throws {
        let document = try JSONValue(json: JSONEncoder().encode(OperationDocument(operation)))
        #expect(try self.document.objections(to: document, under: Self.schema("Operation")) == [], "\(operation.state)")
    }

    // MARK: Helpers

    private static func schema(_ name: String) -> JSONValue {
        .object(["$ref": .string("#/components/schemas/\(name)")])
    }

    private func expectListed(
        _ problem: Problem,
        _ code: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(problem.code == code, sourceLocation: sourceLocation)
        let listed = try self.document.codes(of: problem.status.code)
        #expect(listed.contains(code), "\(problem.status.code) \(code)", sourceLocation: sourceLocation)
    }

    /// A route in the words of the description.
    private static func call(of route: Route) -> OpenAPIDocument.Call {
        let parts = route.path.split(separator: "/").map { part -> String in
            if part == "**" { "{key}" } else if part.hasPrefix(":") { "{\(part.dropFirst())}" } else { String(part) }
        }
        return OpenAPIDocument.Call(method: route.method.rawValue, path: "/" + parts.joined(separator: "/"))
    }

    /// A server on a new store, which goes with the test.
    private static func withServer(_ body: (PurserServer) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            var configuration = PurserConfiguration()
            configuration.storage.path = folder
            configuration.processing.pipelines = try SamplePipelines.all()
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let manager = try await FileStorageManager.open(configuration, logger: logger)
            let result: Result<Void, any Error>
            do {
                let server = PurserServer(manager: manager, configuration: ServerConfiguration(), logger: logger)
                result = .success(try await body(server))
            } catch {
                result = .failure(error)
            }
            await manager.drain(grace: .zero)
            try await manager.close()
            try result.get()
        }
    }
}
