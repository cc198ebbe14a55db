import Logging
import NIOCore
import Purser
import PurserTestSupport
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(1))) struct FileStorageManagerTests {
    private func configuration(_ folder: FilePath) -> PurserConfiguration {
        var configuration = PurserConfiguration()
        configuration.storage.path = folder.appending("store")
        // The disk of the machine may be nearly full, which would start a run of the optimizer beside the test.
        configuration.optimizer.schedule.onLowSpace = false
        return configuration
    }

    @Test func uploadedBytesComeBack() async throws {
        try await withTemporaryFolder { folder in
            let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await withFileStorageManager(configuration: self.configuration(folder)) { manager in
                let stored = try await manager.upload(to: "default", key: "a/b.bin", bytes: bytes)
                #expect(stored.isNew && !stored.isDeduplicated)
                let twin = try await manager.upload(to: "default", key: "twin", bytes: bytes)
                #expect(twin.isDeduplicated)
                let gathered = Gathered()
                try await manager.download(from: .default, key: FileKey("a/b.bin"), range: 100..<150_000) { _, piece in
                    await gathered.add(piece)
                }
                expectSame(await gathered.bytes, Array(bytes[100..<150_000]))
                #expect(manager.operations.snapshot(stored.operationID)?.state == .succeeded)
                let system = try manager.systemMetrics()
                #expect(system.storage.files == 2)
                #expect(system.storage.distinctBytes == 200_000)
                #expect(system.resources.active == 0)
            }
        }
    }

    @Test func whatWasStoredIsThereAfterReopening() async throws {
        try await withTemporaryFolder { folder in
            let configuration = self.configuration(folder)
            try await withFileStorageManager(configuration: configuration) { manager in
                _ = try await manager.upload(to: "default", key: "kept", bytes: Array("hello".utf8))
            }
            try await withFileStorageManager(configuration: configuration) { manager in
                let file = try manager.file(in: .default, key: FileKey("kept"))
                #expect(file.size == 5)
            }
        }
    }

    @Test func aSecondManagerOfTheSameFolderIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let configuration = self.configuration(folder)
            try await withFileStorageManager(configuration: configuration) { _ in
                let error = await #expect(throws: StoreError.self) {
                    _ = try await FileStorageManager.open(configuration)
                }
                #expect(error?.code == .locked)
            }
        }
    }

    @Test func afterDrainingNothingIsAdmitted() async throws {
        try await withTemporaryFolder { folder in
            let manager = try await FileStorageManager.open(self.configuration(folder))
            #expect(manager.unreadyReason == nil)
            await manager.drain(grace: .zero)
            #expect(manager.unreadyReason != nil)
            let error = await #expect(throws: OperationError.self) {
                try await manager.upload(to: "default", key: "late", bytes: [1])
            }
            #expect(error?.code == .shuttingDown)
            try await manager.close()
        }
    }
}

private actor Gathered {
    private(set) var bytes: [UInt8] = []

    func add(_ piece: ByteBuffer) {
        self.bytes.append(contentsOf: piece.readableBytesView)
    }
}
