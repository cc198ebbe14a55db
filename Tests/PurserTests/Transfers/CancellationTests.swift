import Foundation
import NIOCore
import Purser
import PurserBlobs
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

/// Cancelling the task that calls cancels the operation, wherever it stands, and leaves nothing behind.
@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    private enum Call: String, CaseIterable {
        case upload, uploadFile, download, pieces, toFile, toMemory, copy, delete, collect
    }

    private static func make(_ call: Call, _ manager: FileStorageManager, _ outside: FilePath) async throws {
        let (key, new) = (try FileKey("there"), try FileKey("new"))
        switch call {
        case .upload: try await manager.upload(to: .default, key: new, bytes: sampleBytes(100_000, seed: 9))
        case .uploadFile: try await manager.upload(to: .default, key: new, file: outside.appending("source"))
        case .download: try await manager.download(from: .default, key: key) { _, _ in }
        case .pieces: for try await _ in manager.download(from: .default, key: key) {}
        case .toFile: try await manager.download(from: .default, key: key, to: outside.appending("target"))
        case .toMemory: _ = try await manager.download(from: .default, key: key, upTo: 1_000_000)
        case .copy: try await manager.copy(CopyRequest(from: (.default, key), to: (.default, new)))
        case .delete: try await manager.delete(from: .default, key: key)
        case .collect: try await manager.collect()
        }
    }

    /// A store with a file, something to collect, and a file outside.
    private static func prepare(_ manager: FileStorageManager, _ outside: FilePath) async throws {
        try await manager.upload(to: .default, key: FileKey("there"), bytes: sampleBytes(200_000))
        try await manager.upload(to: .default, key: FileKey("gone"), bytes: sampleBytes(70_000, seed: 2))
        try await manager.delete(from: .default, key: FileKey("gone"))
        try await manager.download(from: .default, key: FileKey("there"), to: outside.appending("source"))
    }

    @Test(arguments: Call.allCases)
    private func whileItWaits(_ call: Call) async throws {
        try await withManager {
            $0.resources.maxConcurrentOperations = 1
            $0.storage.collectGrace = .zero
        } _: { manager, outside in
            try await Self.prepare(manager, outside)
            let holder = Held(manager)
            try await holder.isRunning()
            let before = try Footprint(of: manager)
            let task = Task { try await Self.make(call, manager, outside) }
            while try manager.systemMetrics().resources.queued == 0 { await Task.yield() }
            let id = try #require(manager.operations.list(state: .queued, limit: 2).snapshots.first?.id)
            task.cancel()
            await expectError(.operationCancelled) { try await task.value }
            #expect(try Footprint(of: manager) == before)
            #expect(manager.operations.snapshot(id)?.state == .cancelled)
            #expect(manager.operations.snapshot(id)?.startedAt == nil)
            #expect(try names(in: outside) == ["source"])
            holder.mayEnd.open()
            try await holder.task.value
        }
    }

    @Test(arguments: [Int64?.none, 50, 10_000_000])
    func whileAnUploadRuns(announced: Int64?) async throws {
        try await withManager { manager, _ in
            let before = try Footprint(of: manager)
            let (pieces, writer) = AsyncStream.makeStream(of: ByteBuffer.self)
            let id = OperationID()
            let options = UploadOptions(admission: AdmissionOptions(operationID: id))
            let task = Task {
                try await manager.upload(
                    to: .default,
                    key: FileKey("new"),
                    body: pieces,
                    size: announced,
                    options: options
                )
            }
            writer.yield(ByteBuffer(bytes: sampleBytes(announced == 50 ? 20 : 1_000_000)))
            while manager.operations.snapshot(id)?.progress.bytesDone ?? 0 == 0 { await Task.yield() }
            task.cancel()
            await expectError(.operationCancelled) { _ = try await task.value }
            #expect(try Footprint(of: manager) == before)
            #expect(manager.operations.snapshot(id)?.state == .cancelled)
        }
    }

    /// Cancels as soon as the blob is opened, so when the operation runs and nothing is read yet.
    @Test(arguments: [Call.download, .pieces, .toFile, .toMemory])
    private func whileADownloadRuns(_ call: Call) async throws {
        let disk = WatchedFileSystem()
        try await withManager(fileSystem: disk) { manager, outside in
            try await Self.prepare(manager, outside)
            let before = try Footprint(of: manager)
            let caller = Mutex<Task<Void, any Error>?>(nil)
            let isReady = Gate()
            disk.watch { call, path in
                guard call == .open, path.string.contains("/blobs/") else { return }
                caller.withLock { $0 }?.cancel()
            }
            let task = Task {
                await isReady.wait()
                try await Self.make(call, manager, outside)
            }
            caller.withLock { $0 = task }
            isReady.open()
            await expectError(.operationCancelled) { try await task.value }
            #expect(try Footprint(of: manager) == before)
            #expect(try names(in: outside) == ["source"])
            #expect(manager.operations.list(kind: .download, limit: 1).snapshots.first?.state == .cancelled)
        }
    }

    @Test func inTheMiddleOfADownload() async throws {
        try await withManager { manager, outside in
            try await manager.upload(to: .default, key: FileKey("there"), bytes: sampleBytes(1_000_000))
            let before = try Footprint(of: manager)
            let isDelivering = Gate()
            let task = Task {
                try await manager.download(from: .default, key: FileKey("there")) { _, _ in
                    isDelivering.open()
                    try await Gate().waitOrThrow()
                }
            }
            await isDelivering.wait()
            task.cancel()
            await expectError(.operationCancelled) { _ = try await task.value }
            #expect(try Footprint(of: manager) == before)
        }
    }

    @Test func inTheMiddleOfASequence() async throws {
        try await withManager { manager, outside in
            try await manager.upload(to: .default, key: FileKey("there"), bytes: sampleBytes(1_000_000))
            let before = try Footprint(of: manager)
            let hasFirst = Gate()
            let task = Task {
                for try await _ in manager.download(from: .default, key: try FileKey("there")) {
                    hasFirst.open()
                    // The consumer itself does not care for its cancellation; the sequence does.
                    while !Task.isCancelled { await Task.yield() }
                }
            }
            await hasFirst.wait()
            task.cancel()
            await expectError(.operationCancelled) { try await task.value }
            #expect(try Footprint(of: manager) == before)
        }
    }

    @Test func leavingTheLoopEndsTheDownload() async throws {
        try await withManager { manager, outside in
            try await manager.upload(to: .default, key: FileKey("there"), bytes: sampleBytes(1_000_000))
            let before = try Footprint(of: manager)
            let ended = Gate()
            let admission = AdmissionOptions(onProgress: { if $0.state == .cancelled { ended.open() } })
            for try await piece in manager.download(from: .default, key: try FileKey("there"), admission: admission) {
                #expect(piece.readableBytes > 0)
                break
            }
            await ended.wait()
            #expect(try Footprint(of: manager) == before)
        }
    }

    @Test func whileTheCollectorRuns() async throws {
        let disk = WatchedFileSystem()
        try await withManager(fileSystem: disk) {
            $0.storage.collectGrace = .zero
            $0.storage.inlineLimit = 0
        } _: { manager, _ in
            // More than the collector takes in one round.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<80 {
                    group.addTask {
                        let key = try FileKey("\(index)")
                        try await manager.upload(to: .default, key: key, bytes: sampleBytes(10, seed: UInt64(index)))
                        try await manager.delete(from: .default, key: key)
                    }
                }
                try await group.waitForAll()
            }
            let isReady = Gate()
            let caller = Mutex<Task<Void, any Error>?>(nil)
            disk.watch { call, path in
                guard call == .remove, path.string.contains("/blobs/") else { return }
                caller.withLock { $0 }?.cancel()
            }
            let task = Task<Void, any Error> {
                await isReady.wait()
                try await manager.collect()
            }
            caller.withLock { $0 = task }
            isReady.open()
            await expectError(.operationCancelled) { try await task.value }
            let operation = try #require(manager.operations.list(kind: .collect, limit: 1).snapshots.first)
            #expect(operation.state == .cancelled && operation.startedAt != nil)
            #expect(try manager.systemMetrics().resources.active == 0)
            // Stopped half way; the next pass does the rest.
            let rest = try await manager.collect()
            #expect(rest.blobs > 0 && rest.failures == 0)
            let after = try Footprint(of: manager)
            #expect(after.paths.isEmpty && after.totals.physicalBytes == 0)
        }
    }
}

/// The names in a folder, sorted.
func names(in folder: FilePath) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
}
