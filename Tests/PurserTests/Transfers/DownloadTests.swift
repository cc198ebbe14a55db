import NIOCore
import Purser
import PurserTestSupport
import Testing

/// Downloads into memory and as a sequence.
@Suite(.timeLimit(.minutes(1))) struct DownloadTests {
    private static let key = "a"

    private func withFile(_ bytes: [UInt8], _ body: (FileStorageManager, FileKey) async throws -> Void) async throws {
        try await withManager { manager, _ in
            try await manager.upload(to: "default", key: Self.key, bytes: bytes)
            try await body(manager, FileKey(Self.key))
        }
    }

    @Test(arguments: [0, 5, 65_537, 700_000])
    func aSequenceHasAllPiecesInOrder(size: Int) async throws {
        let bytes = sampleBytes(size)
        try await self.withFile(bytes) { manager, key in
            let download = manager.download(from: .default, key: key)
            #expect(manager.operations.list(kind: .download, limit: 1).snapshots.isEmpty)
            for round in 1...2 {
                var read: [UInt8] = []
                for try await piece in download {
                    #expect(1...262_144 ~= piece.readableBytes)
                    read += piece.readableBytesView
                }
                expectSame(read, bytes)
                let operations = manager.operations.list(kind: .download, limit: 10).snapshots
                #expect(operations.map(\.state) == Array(repeating: .succeeded, count: round))
                #expect(operations.first?.progress.bytesDone == Int64(size))
            }
        }
    }

    @Test func aSequenceOfARangeHasItAlone() async throws {
        let bytes = sampleBytes(700_000)
        try await self.withFile(bytes) { manager, key in
            var read: [UInt8] = []
            for try await piece in manager.download(from: .default, key: key, range: 300_000..<900_000) {
                read += piece.readableBytesView
            }
            expectSame(read, Array(bytes[300_000...]))
        }
    }

    @Test func aSequenceEndsAfterItsError() async throws {
        try await withManager { manager, _ in
            let pieces = manager.download(from: .default, key: try FileKey("absent")).makeAsyncIterator()
            let error = await #expect(throws: StoreError.self) { try await pieces.next() }
            #expect(error?.code == .fileNotFound)
            #expect(try await pieces.next() == nil)
        }
    }

    @Test func nothingIsReadAheadOfTheConsumer() async throws {
        try await self.withFile(sampleBytes(3_000_000)) { manager, key in
            let pieces = manager.download(from: .default, key: key).makeAsyncIterator()
            _ = try await pieces.next()
            let id = try #require(manager.operations.list(kind: .download, limit: 1).snapshots.first?.id)
            // One piece was taken; one more may be on its way.
            for _ in 0..<100 { await Task.yield() }
            let done = try #require(manager.operations.snapshot(id)?.progress.bytesDone)
            #expect(done <= 2 * 262_144)
            var count = 1
            while try await pieces.next() != nil { count += 1 }
            #expect(count == 12)
        }
    }

    @Test(arguments: [Range<Int64>?.none, 10..<20, 0..<0, 699_999..<5_000_000])
    func memoryTakesWhatIsAskedFor(range: Range<Int64>?) async throws {
        let bytes = sampleBytes(700_000)
        try await self.withFile(bytes) { manager, key in
            let read = try await manager.download(from: .default, key: key, range: range, upTo: 700_000)
            let expected = (range ?? 0..<700_000).clamped(to: 0..<700_000)
            expectSame(Array(read.readableBytesView), Array(bytes[Int(expected.lowerBound)..<Int(expected.upperBound)]))
            #expect(try manager.systemMetrics().resources.memoryReserved == 0)
        }
    }

    @Test func memoryIsLimitedBeforeAnythingIsRead() async throws {
        try await self.withFile(sampleBytes(100)) { manager, key in
            await expectTransferError(.overLimit) { _ = try await manager.download(from: .default, key: key, upTo: 99) }
            #expect(manager.operations.list(kind: .download, limit: 1).snapshots.isEmpty)
            let part = try await manager.download(from: .default, key: key, range: 0..<99, upTo: 99)
            #expect(part.readableBytes == 99)
        }
    }

    @Test func aFileThatGrewWhileItWaitedIsStillLimited() async throws {
        try await withManager {
            $0.resources.maxConcurrentOperations = 2
            $0.resources.caps[.download] = 1
        } _: { manager, _ in
            let key = try FileKey(Self.key)
            try await manager.upload(to: .default, key: key, bytes: sampleBytes(100_000))
            let (isDelivering, mayEnd, id) = (Gate(), Gate(), OperationID())
            let other = Task {
                try await manager.download(from: .default, key: key) { _, _ in
                    isDelivering.open()
                    await mayEnd.wait()
                }
            }
            await isDelivering.wait()
            let admission = AdmissionOptions(operationID: id)
            let task = Task {
                try await manager.download(from: .default, key: key, upTo: 100_000, admission: admission)
            }
            await manager.isQueued(id)
            try await manager.upload(to: .default, key: key, bytes: sampleBytes(100_001))
            mayEnd.open()
            _ = try await other.value
            await expectTransferError(.overLimit) { _ = try await task.value }
            #expect(manager.operations.snapshot(id)?.error?.code == "over_limit")
            #expect(try manager.systemMetrics().resources.memoryReserved == 0)
        }
    }

    @Test func whatItTakesIsReserved() async throws {
        try await withManager { manager, _ in
            let key = try FileKey(Self.key)
            try await manager.upload(to: .default, key: key, bytes: sampleBytes(3_000_000))
            _ = try await manager.download(from: .default, key: key, upTo: 3_000_000)
            let highest = try manager.systemMetrics().resources.memoryHighWater
            #expect(highest >= 3_000_000 + 4 * 262_144)
        }
    }
}
