import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Purser
import PurserBlobs
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserHTTP

/// The API on a store of its own, called in process, without a socket.
struct TestAPI {
    /// Fields of a request, in order; names may come twice.
    typealias Fields = KeyValuePairs<String, String>

    let server: PurserServer
    let client: any TestClientProtocol

    var manager: FileStorageManager { self.server.manager }

    /// Opens a store in a folder of its own, for the time of the body.
    static func run(
        fileSystem: any FileSystem = LocalFileSystem(),
        _ change: (inout PurserConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestAPI) async throws -> Void
    ) async throws {
        try await self.withManager(fileSystem: fileSystem, change) { manager in
            let server = PurserServer(manager: manager, configuration: ServerConfiguration(), logger: Self.logger)
            try await server.application().test(.router) { client in
                try await body(TestAPI(server: server, client: client))
            }
            #expect(manager.resources.metrics().active == 0, "a slot was not given back")
        }
    }

    /// Does the same for each of many cases, one after the other, on one store: opening one takes longer than most cases.
    static func run<Cases: Collection & Sendable>(
        forEach cases: Cases,
        _ change: (inout PurserConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestAPI, Cases.Element) async throws -> Void
    ) async throws {
        try #require(!cases.isEmpty)
        try await self.run(change) { api in
            for one in cases { try await body(api, one) }
        }
    }

    static func withManager(
        fileSystem: any FileSystem,
        _ change: (inout PurserConfiguration) -> Void,
        _ body: (FileStorageManager) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            var configuration = PurserConfiguration()
            configuration.storage.path = folder.appending("store")
            configuration.storage.freeSpaceFloor = 0
            // How full the machine's disk is must start no run.
            configuration.optimizer.schedule.onLowSpace = false
            change(&configuration)
            let manager = try await FileStorageManager.open(configuration, fileSystem: fileSystem, logger: Self.logger)
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(manager))
            } catch {
                result = .failure(error)
            }
            await manager.drain(grace: .zero)
            try await manager.close()
            try result.get()
        }
    }

    /// Silent: what goes wrong here is meant to.
    static var logger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// Sends a request; the target is taken as it is.
    func send(
        _ method: HTTPRequest.Method,
        _ target: String,
        _ fields: Fields = [:],
        _ body: String? = nil
    ) async throws -> APIAnswer {
        var headers = HTTPFields()
        for (name, value) in fields {
            headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        let answer = try await self.client.executeRequest(
            uri: target,
            method: method,
            headers: headers,
            body: body.map { ByteBuffer(string: $0) }
        )
        return APIAnswer(status: answer.status.code, fields: answer.headers, body: answer.body)
    }

    /// Sends a request about a file of the default bucket.
    func file(
        _ method: HTTPRequest.Method,
        _ key: String,
        _ fields: Fields = [:],
        _ body: String? = nil
    ) async throws -> APIAnswer {
        try await self.send(method, Self.target(of: key), fields, body)
    }

    /// Stores a file in the default bucket.
    @discardableResult
    func store(_ key: String, _ body: String, _ fields: Fields = [:]) async throws -> APIAnswer {
        let answer = try await self.file(.put, key, fields, body)
        try #require(answer.status == 200 || answer.status == 201, "\(answer.text)")
        return answer
    }

    /// The address of a file of the default bucket.
    static func target(of key: String) -> String {
        "/v1/buckets/default/files/" + PercentEncoding.encode(key, keeping: "/")
    }

    /// Sends a request that must be refused, and changes nothing.
    func expectRefused(
        _ status: Int,
        _ code: String,
        _ method: HTTPRequest.Method,
        _ target: String,
        _ fields: Fields = [:],
        _ body: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let request = Comment("\(method) \(target.prefix(99)) \(fields)")
        let before = try Footprint(of: self.manager)
        let answer = try await self.send(method, target, fields, body)
        try answer.expectProblem(status, code, request, sourceLocation: sourceLocation)
        let after = try Footprint(of: self.manager)
        #expect(after == before, request, sourceLocation: sourceLocation)
    }
}
