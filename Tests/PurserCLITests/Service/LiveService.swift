import ArgumentParser
import Logging
import Purser
import PurserHTTP
import SystemPackage
import Testing

@testable import PurserCLI

/// A real service for the time of a test, reached as commands reach it.
struct LiveService {
    /// How it is reached.
    enum Way: String, CaseIterable, Sendable { case local, remote }

    /// As commands see it.
    let service: any StorageService
    /// From behind.
    let manager: FileStorageManager
    /// Base URL; `nil` where it is not served.
    let url: String?
    /// A folder of the test's own.
    let folder: FilePath

    /// What commands work with.
    func session(isJSON: Bool = false) throws -> (session: Session, captured: CapturedConsole) {
        let captured = Console.captured(.init(isJSON: isJSON))
        let options = try CommonOptions.parse(["--server", self.url ?? ""])
        return (Session(options: options, console: captured.console, environment: [:]), captured)
    }

    static func run(
        _ way: Way,
        _ change: (inout PurserConfiguration) -> Void = { _ in },
        onBusy: @escaping @Sendable (String, Duration) -> Void = { _, _ in },
        _ body: @Sendable (LiveService) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            var configuration = PurserConfiguration()
            configuration.storage.path = folder.appending("storage")
            configuration.storage.freeSpaceFloor = 0
            // How full the machine's disk is must start no run, either.
            configuration.optimizer.schedule.onLowSpace = false
            // The process is that of all tests of the target together: what it holds says nothing of this service.
            configuration.monitor.memory.elevatedBytes = configuration.monitor.memory.warningBytes
            change(&configuration)
            try await withFileStorageManager(configuration: configuration, logger: Self.logger) { manager in
                switch way {
                case .local:
                    let service = LocalService(manager)
                    try await body(LiveService(service: service, manager: manager, url: nil, folder: folder))
                case .remote:
                    try await Self.serve(manager) { url in
                        try await RemoteService.connect(to: url, onBusy: onBusy) { service in
                            try await body(LiveService(service: service, manager: manager, url: url, folder: folder))
                        }
                    }
                }
            }
        }
    }

    private static func serve(_ manager: FileStorageManager, _ body: (String) async throws -> Void) async throws {
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.shutdownGrace = .zero
        let (urls, ready) = AsyncStream<String>.makeStream()
        let server = PurserServer(manager: manager, configuration: configuration, logger: Self.logger) { url in
            ready.yield(url)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ready.finish() }
                do { try await server.run() } catch is CancellationError {}
            }
            var iterator = urls.makeAsyncIterator()
            let url = try #require(await iterator.next(), "the server must start")
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(url))
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            try await group.waitForAll()
            try result.get()
        }
    }

    private static var logger: Logger {
        Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }
}

extension FilePlace {
    /// A file in the bucket `default`.
    init(_ key: String) throws {
        self.init(bucket: .default, key: try FileKey(key))
    }
}
