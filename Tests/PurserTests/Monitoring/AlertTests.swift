import Foundation
import Logging
import PurserBlobs
import PurserMonitor
import PurserOperations
import PurserTestSupport
import Testing

@testable import Purser

/// Alerts that fire by what really happens in the service, and resolve when it is over.
@Suite(.timeLimit(.minutes(2)))
struct AlertTests {
    @Test
    func fullQueueAndBusySlotsAreTold() async throws {
        try await withWatched {
            $0.resources.maxConcurrentOperations = 1
            $0.resources.queueCapacity = 1
            $0.resources.queueWaitLimit = .seconds(3_600)
        } _: { watched, _ in
            let running = Held(watched.manager)
            try await running.isRunning()
            let waiting = Held(watched.manager)
            await waiting.isQueued()
            await watched.look()
            #expect(watched.states("queue_long") == [.pending])
            await watched.pass(70)
            #expect(watched.states("queue_long") == [.firing])
            #expect(watched.states("slots_busy") == [.firing])
            let firing = watched.manager.alerts(in: [.firing]).count
            #expect(firing >= 2)
            #expect(try watched.manager.systemMetrics().activeAlerts == firing)
            running.mayEnd.open()
            try await running.task.value
            waiting.mayEnd.open()
            try await waiting.task.value
            await watched.pass(60)
            #expect(watched.states("queue_long") == [.resolved])
            #expect(watched.states("slots_busy") == [.resolved])
        }
    }

    @Test
    func failingOperationsAreTold() async throws {
        try await withWatched { watched, _ in
            var wrong = UploadOptions()
            wrong.digests.sha256 = BlobID(hex: String(repeating: "0", count: 64))
            for number in 0..<25 {
                let manager = watched.manager
                await #expect(throws: StoreError.self) {
                    try await manager.upload(to: "default", key: "\(number)", bytes: [1], options: wrong)
                }
            }
            await watched.look()
            #expect(watched.states("failing_operations") == [.firing])
            await watched.pass(400)
            #expect(watched.states("failing_operations") == [.resolved])
        }
    }

    @Test
    func slowDiskIsTold() async throws {
        // As if the disk took 300 ms for each write of 256 KiB: less than 1 MB/s.
        let slow = TimedFileSystem(LocalFileSystem()) { call, _ in
            if call == .write { Thread.sleep(forTimeInterval: 0.3) }
        }
        try await withWatched(fileSystem: slow) { watched, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    let manager = watched.manager
                    group.addTask {
                        let bytes = Array(repeating: UInt8(number), count: 256 * 1024)
                        try await manager.upload(to: "default", key: "\(number)", bytes: bytes)
                    }
                }
                try await group.waitForAll()
            }
            await watched.look()
            #expect(watched.states("slow_transfers") == [.firing])
        }
    }

    @Test
    func failedSynchronizationIsTold() async throws {
        let disk = FaultyFileSystem()
        try await withWatched(fileSystem: disk) { watched, _ in
            disk.fail(.synchronize, with: .inputOutput, on: "staging")
            let manager = watched.manager
            await #expect(throws: StoreError.self) {
                try await manager.upload(to: "default", key: "a", bytes: Array(repeating: 1, count: 300_000))
            }
            #expect(disk.injectedFaults == 1)
            await watched.look()
            #expect(watched.states("store_read_only") == [.firing])
        }
    }

    @Test
    func damagedContentIsTold() async throws {
        try await withWatched {
            $0.storage.verifiesReads = true
        } _: { watched, _ in
            let manager = watched.manager
            let stored = try await manager.upload(
                to: "default",
                key: "a",
                bytes: Array(repeating: 1, count: 300_000)
            )
            let path = StoreLayout(root: manager.configuration.storage.path).file(of: stored.file.blob)
            try Data(repeating: 2, count: 300_000).write(to: URL(filePath: path.string))
            await #expect(throws: StoreError.self) {
                try await manager.download(from: .default, key: FileKey("a")) { _, _ in }
            }
            await watched.look()
            let alert = try #require(manager.alerts().first { $0.rule == "content_damaged" })
            #expect(alert.state == .firing)
            #expect(alert.subject == stored.file.blob.hex)
            #expect(alert.severity == .critical)
        }
    }

    @Test
    func levelsOfMemoryHalveAndThenStopAdmission() async throws {
        try await withWatched { watched, _ in
            let manager = watched.manager
            try await manager.upload(to: "default", key: "a", bytes: [1])
            var figures = MachineFigures()
            figures.memory.resident = 3_500_000_000
            await watched.look(figures)
            #expect(try manager.systemMetrics().resources.pressure == .halved)
            #expect(watched.states("memory_critical") == [.firing])
            figures.memory.resident = 4_500_000_000
            await watched.look(figures)
            let error = await #expect(throws: OperationError.self) {
                try await manager.upload(to: "default", key: "b", bytes: [2])
            }
            #expect(error?.code == .memoryPressure)
            try await manager.delete(from: .default, key: FileKey("a"))
            figures.memory.resident = 100_000_000
            await watched.look(figures)
            try await manager.upload(to: "default", key: "b", bytes: [2])
            #expect(watched.states("memory_critical") == [.resolved])
            #expect(watched.states("memory_exhausted") == [.resolved])
        }
    }

    @Test
    func fullDiskAndFewDescriptorsAreTold() async throws {
        try await withWatched { watched, _ in
            var figures = MachineFigures()
            figures.diskBytes = 1_000
            figures.diskAvailableBytes = 90
            figures.openDescriptors = 81
            figures.descriptorLimit = 100
            await watched.look(figures)
            #expect(watched.states("disk_critical") == [.firing])
            #expect(watched.states("descriptors_high") == [.firing])
            figures.diskAvailableBytes = 900
            figures.openDescriptors = 5
            await watched.pass(20, figures)
            #expect(watched.states("disk_critical") == [.resolved])
            #expect(watched.states("descriptors_high") == [.resolved])
        }
    }

    @Test
    func operationOverItsMaximumIsCancelledWhereItsKindSaysSo() async throws {
        try await withWatched {
            $0.monitor.thresholds.standard.cancelsAtMaximum = true
        } _: { watched, _ in
            let held = Held(watched.manager)
            try await held.isRunning()
            watched.time.pass(.seconds(16))
            await watched.monitor.lookAtOperations()
            await #expect(throws: OperationError.self) { try await held.task.value }
            #expect(watched.manager.operations.snapshot(held.id)?.state == .timedOut)
            await watched.look()
            #expect(watched.states("duration_maximum") == [.firing])
        }
    }

    @Test
    func alertsAreThereAfterARestart() async throws {
        try await withTemporaryFolder { folder in
            let time = TestTime()
            var configuration = PurserConfiguration()
            configuration.storage.path = folder.appending("store")
            var figures = MachineFigures()
            figures.diskBytes = 1_000
            figures.diskAvailableBytes = 90
            func open() async throws -> Watched {
                let manager = try await FileStorageManager.open(
                    configuration,
                    fileSystem: LocalFileSystem(),
                    clock: time.clock,
                    now: { time.now },
                    logger: .init(label: "test")
                )
                return Watched(manager: manager, time: time)
            }
            var watched = try await open()
            await watched.look(figures)
            let alert = try #require(watched.manager.alerts().first { $0.rule == "disk_critical" })
            try await watched.manager.acknowledgeAlert(alert.id)
            try await watched.manager.close()
            watched = try await open()
            let again = try #require(watched.manager.alerts().first { $0.id == alert.id })
            #expect(again.state == .acknowledged)
            #expect(again.startedAt == alert.startedAt)
            try await watched.manager.close()
        }
    }
}
