import Foundation
import NIOCore
import Purser
import PurserBlobs
import PurserTestSupport
import SystemPackage
import Testing

/// Uploads from and downloads to files outside of the store.
@Suite(.timeLimit(.minutes(1))) struct LocalFileTests {
    private static func write(_ bytes: [UInt8], to path: FilePath) throws {
        try Data(bytes).write(to: URL(filePath: path.string))
    }

    private static func read(_ path: FilePath) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path.string)))
    }

    @Test(arguments: [0, 1, 65_536, 262_144, 1_000_001])
    func aFileGoesInAndComesOut(size: Int) async throws {
        try await withManager { manager, outside in
            let bytes = sampleBytes(size)
            let (source, target) = (outside.appending("source"), outside.appending("target"))
            try Self.write(bytes, to: source)
            let key = try FileKey("a")
            let options = UploadOptions(contentType: "text/plain", metadata: ["from": "disk"])
            let stored = try await manager.upload(to: .default, key: key, file: source, options: options)
            #expect(stored.file.size == size && stored.file.contentType == "text/plain")
            #expect(stored.file.metadata == ["from": "disk"])
            let file = try await manager.download(from: .default, key: key, to: target)
            #expect(file.blob == stored.file.blob)
            expectSame(try Self.read(target), bytes)
            #expect(try names(in: outside) == ["source", "target"])
            #expect(try manager.systemMetrics().resources.memoryReserved == 0)
        }
    }

    @Test func aLinkIsFollowed() async throws {
        try await withManager { manager, outside in
            let link = outside.appending("link")
            try Self.write([1, 2, 3], to: outside.appending("source"))
            try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: "source")
            let stored = try await manager.upload(to: .default, key: FileKey("a"), file: link)
            #expect(stored.file.size == 3)
        }
    }

    private enum Unreadable: String, CaseIterable { case absent, folder, pipe }

    @Test(arguments: Unreadable.allCases)
    private func whatIsNoFileIsNotUploaded(_ kind: Unreadable) async throws {
        try await withManager { manager, outside in
            let path = outside.appending(kind.rawValue)
            switch kind {
            case .absent: break
            case .folder:
                try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
            case .pipe: try #require(mkfifo(path.string, 0o600) == 0)
            }
            await expectTransferError(.sourceUnreadable) {
                try await manager.upload(to: .default, key: FileKey("a"), file: path)
            }
            #expect(manager.operations.list(limit: 1).snapshots.isEmpty)
        }
    }

    @Test(arguments: ["longer", "shorter", "another", "gone"])
    func aFileThatChangesIsNotStored(_ change: String) async throws {
        try await withManager {
            $0.resources.maxConcurrentOperations = 1
        } _: { manager, outside in
            let source = outside.appending("source")
            try Self.write(sampleBytes(100_000), to: source)
            let holder = Held(manager)
            try await holder.isRunning()
            let before = try Footprint(of: manager)
            let id = OperationID()
            let options = UploadOptions(admission: AdmissionOptions(operationID: id))
            let task = Task {
                try await manager.upload(to: .default, key: FileKey("a"), file: source, options: options)
            }
            await manager.isQueued(id)
            switch change {
            case "longer": try Self.write(sampleBytes(100_001), to: source)
            case "shorter": try Self.write(sampleBytes(99_999), to: source)
            case "another":
                try FileManager.default.removeItem(atPath: source.string)
                try Self.write(sampleBytes(100_000), to: source)
            default: try FileManager.default.removeItem(atPath: source.string)
            }
            holder.mayEnd.open()
            try await holder.task.value
            await expectTransferError(change == "gone" ? .sourceUnreadable : .sourceChanged) {
                _ = try await task.value
            }
            var after = try Footprint(of: manager)
            (after.active, after.memoryReserved) = (before.active, before.memoryReserved)
            #expect(after == before)
            let code = manager.operations.snapshot(id)?.error?.code
            #expect(code == (change == "gone" ? "source_unreadable" : "source_changed"))
        }
    }

    @Test func aFileThatGrowsWhileItIsReadIsNotStored() async throws {
        let disk = WatchedFileSystem()
        try await withManager(fileSystem: disk) { manager, outside in
            let source = outside.appending("source")
            try Self.write(sampleBytes(1_000_000), to: source)
            // The staging file is made when the first pieces have been read.
            disk.watch { call, path in
                guard call == .open, path.string.contains("/staging/") else { return }
                let file = FileHandle(forWritingAtPath: source.string)
                _ = try? file?.seekToEnd()
                try? file?.write(contentsOf: Data([1]))
            }
            let before = try Footprint(of: manager)
            await expectTransferError(.sourceChanged) {
                try await manager.upload(to: .default, key: FileKey("a"), file: source)
            }
            #expect(try Footprint(of: manager) == before)
            #expect(try Self.read(source).count == 1_000_001)
        }
    }

    @Test func aDownloadReplacesTheFileThatIsThere() async throws {
        try await withManager { manager, outside in
            let target = outside.appending("target")
            try Self.write([9, 9, 9], to: target)
            try await manager.upload(to: "default", key: "a", bytes: sampleBytes(500_000))
            try await manager.download(from: .default, key: FileKey("a"), range: 100..<400_000, to: target)
            expectSame(try Self.read(target), Array(sampleBytes(500_000)[100..<400_000]))
            #expect(try names(in: outside) == ["target"])
        }
    }

    @Test func whatCannotBeWrittenIsRefused() async throws {
        try await withManager { manager, outside in
            try await manager.upload(to: "default", key: "a", bytes: sampleBytes(100_000))
            for path in [outside, outside.appending("absent").appending("target")] {
                await expectTransferError(.targetUnwritable) {
                    try await manager.download(from: .default, key: FileKey("a"), to: path)
                }
            }
            #expect(try names(in: outside) == [])
            #expect(try names(in: outside.removingLastComponent()) == ["outside", "store"])
        }
    }

    @Test func aDownloadThatFailsHalfWayLeavesWhatWasThere() async throws {
        let disk = FaultyFileSystem()
        try await withManager(fileSystem: disk) { manager, outside in
            let target = outside.appending("target")
            try Self.write([9, 9, 9], to: target)
            try await manager.upload(to: "default", key: "a", bytes: sampleBytes(1_000_000))
            disk.fail(.read, with: .inputOutput, on: "/blobs/", skipping: 2)
            let error = await #expect(throws: StoreError.self) {
                try await manager.download(from: .default, key: FileKey("a"), to: target)
            }
            #expect(error?.code == .inputOutput && disk.injectedFaults == 1)
            #expect(try Self.read(target) == [9, 9, 9])
            #expect(try names(in: outside) == ["target"])
        }
    }
}
