import Logging
import Purser
import PurserBlobs
import PurserTestSupport
import ServiceLifecycle
import Synchronization
import Testing

@testable import PurserHTTP

/// The API on a store and a port of its own, run as `purser serve` does.
final class LiveAPI: Sendable {
    struct Settings {
        var purser: PurserConfiguration
        var server = ServerConfiguration()
    }

    let port: Int
    let manager: FileStorageManager
    private let group: ServiceGroup

    private init(port: Int, manager: FileStorageManager, group: ServiceGroup) {
        self.port = port
        self.manager = manager
        self.group = group
    }

    /// Serves for the time of the body.
    static func run(
        fileSystem: any FileSystem = LocalFileSystem(),
        _ change: (inout Settings) -> Void = { _ in },
        _ body: (LiveAPI) async throws -> Void
    ) async throws {
        var server = ServerConfiguration()
        try await TestAPI.withManager(fileSystem: fileSystem) { configuration in
            var settings = Settings(purser: configuration)
            settings.server.port = 0
            settings.server.shutdownGrace = .seconds(5)
            change(&settings)
            (configuration, server) = (settings.purser, settings.server)
        } _: { manager in
            try await self.serve(manager, server, body)
        }
    }

    private static func serve(
        _ manager: FileStorageManager,
        _ configuration: ServerConfiguration,
        _ body: (LiveAPI) async throws -> Void
    ) async throws {
        let (addresses, found) = AsyncStream.makeStream(of: String.self)
        let server = PurserServer(manager: manager, configuration: configuration, logger: TestAPI.logger) {
            found.yield($0)
        }
        let group = ServiceGroup(configuration: .init(services: [manager, server], logger: TestAPI.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { found.finish() }
                try await group.run()
            }
            let address = try #require(await addresses.first { _ in true })
            let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
            try await body(LiveAPI(port: port, manager: manager, group: group))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Begins the graceful stop.
    func stop() async {
        await self.group.triggerGracefulShutdown()
    }

    func operation(_ id: OperationID) throws -> OperationSnapshot {
        try #require(self.manager.operations.snapshot(id))
    }

    func isRunning(_ id: OperationID) async throws {
        try await eventually("\(id) runs") { self.manager.operations.snapshot(id)?.state == .running }
    }

    func isQueued(_ id: OperationID) async throws {
        try await eventually("\(id) waits") { self.manager.operations.snapshot(id)?.queuePosition != nil }
    }

    /// All that ran has ended and left nothing that is unfinished.
    func isAtRest() async throws {
        try await eventually("everything is given back") { try Footprint(of: self.manager).isAtRest }
    }
}
