import Logging
import Purser
import PurserTestSupport
import ServiceLifecycle
import SystemPackage
import Testing

/// The manager as a service among others.
@Suite(.timeLimit(.minutes(1))) struct ServiceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func aGracefulShutdownLetsWhatRunsEnd() async throws {
        try await withManager { manager, _ in
            let group = ServiceGroup(services: [manager], logger: Self.logger)
            let service = Task { try await group.run() }
            let held = Held(manager)
            try await held.isRunning()
            await group.triggerGracefulShutdown()
            // New work is refused from the next look at the clock on.
            var isRefused = false
            while !isRefused {
                do {
                    try await manager.upload(to: "default", key: "a", bytes: [1])
                } catch let error as OperationError {
                    #expect(error.code == .shuttingDown)
                    isRefused = true
                }
            }
            #expect(try manager.systemMetrics().resources.active == 1)
            held.mayEnd.open()
            try await held.task.value
            try await service.value
            #expect(manager.operations.snapshot(held.id)?.state == .succeeded)
        }
    }

    @Test func cancellingTheGroupEndsTheService() async throws {
        try await withManager { manager, _ in
            let group = ServiceGroup(services: [manager], logger: Self.logger)
            let service = Task { try await group.run() }
            try await manager.upload(to: "default", key: "a", bytes: [1])
            service.cancel()
            try await service.value
            #expect(try manager.file(in: .default, key: FileKey("a")).size == 1)
        }
    }

    @Test func leavingTheScopeCancelsWhatStillRuns() async throws {
        try await withTemporaryFolder { folder in
            var configuration = PurserConfiguration()
            configuration.storage.path = folder.appending("store")
            let held = try await withFileStorageManager(configuration: configuration, logger: Self.logger) { manager in
                let held = Held(manager)
                try await held.isRunning()
                return held
            }
            await expectError(.shuttingDown) { try await held.task.value }
        }
    }
}
