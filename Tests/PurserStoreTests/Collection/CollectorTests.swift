import PurserTestSupport
import PurserCatalog
import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserStore
import Testing

/// The collector takes what no name holds, after the grace time, and nothing else.
@Suite(.timeLimit(.minutes(5)))
struct CollectorTests {
    static let sizes = [100, StoreFolder.inlineLimit + 100]

    @Test(arguments: sizes)
    func bytesStayForTheGraceTimeAndGoAfterIt(_ size: Int) async throws {
        try await withStore { store in
            let isRaw = size > StoreFolder.inlineLimit
            try await store.put("a", sample(size))
            try await store.delete("a")
            store.folder.time.advance(by: .seconds(3599))
            #expect(try !store.files.hasCollectable())
            #expect(try await store.files.collect() == CollectionReport())
            #expect(try store.folder.blobFiles().count == (isRaw ? 1 : 0))
            #expect(try store.files.totals().reclaimableBytes == Int64(size))
            store.folder.time.advance(by: .seconds(2))
            #expect(try store.files.hasCollectable())
            #expect(try await store.files.collect() == CollectionReport(blobs: 1, bytes: Int64(size)))
            #expect(try !store.files.hasCollectable())
            #expect(try store.files.totals().physicalBytes == 0)
            try store.expectOnly(blobFiles: 0)
            try await store.put("a", sample(size))
            #expect(try await store.read("a") == sample(size))
        }
    }

    @Test func replacedContentsGoToo() async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            for seed in 1...5 { try await store.put("a", sample(10_000, seed: UInt64(seed))) }
            #expect(try await store.files.collect().blobs == 4)
            #expect(try await store.read("a") == sample(10_000, seed: 5))
            try store.expectOnly(blobFiles: 1, keys: ["a"])
        }
    }

    @Test func moreThanOneRoundIsCollected() async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            for number in 0..<150 {
                try await store.put("a", sample(number.isMultiple(of: 5) ? 5000 : 50, seed: UInt64(number)))
            }
            try await store.delete("a")
            var rounds = 0
            let report = try await store.files.collect { blobs, _ in rounds += blobs > 0 ? 1 : 0 }
            #expect(report.blobs == 150)
            #expect(report.failures == 0)
            #expect(rounds == 3)
            #expect(try store.files.totals().physicalBytes == 0)
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test func contentThatIsBeingUploadedIsLeftAlone() async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            let content = sample(20_000)
            try await store.put("a", content)
            try await store.delete("a")
            let body = TestBody([content]) { number in
                if number == 1 { try await store.files.collect() }
            }
            // Collected before the upload knew what it had: then its own bytes are kept.
            try await store.put("b", body: body)
            #expect(try await store.read("b") == content)
            try store.expectOnly(blobFiles: 1, keys: ["b"])
        }
    }

    @Test func bytesThatCannotBeRemovedAreTriedAgain() async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            try await store.put("a", sample(20_000))
            try await store.delete("a")
            store.disk.fail(.remove, with: .inputOutput, on: "blobs", times: 1)
            #expect(try await store.files.collect() == CollectionReport(failures: 1))
            #expect(store.disk.injectedFaults == 1)
            #expect(try store.folder.blobFiles().count == 1)
            #expect(store.files.readOnlyReason == nil)
            #expect(try store.files.hasCollectable())
            #expect(try await store.files.collect() == CollectionReport(blobs: 1, bytes: 20_000))
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test func manyThatCannotBeRemovedAreCountedAndHoldNobodyUp() async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            for number in 0..<70 { try await store.put("a", sample(5000, seed: UInt64(number))) }
            for number in 70..<140 { try await store.put("a", sample(50, seed: UInt64(number))) }
            try await store.delete("a")
            store.disk.fail(.remove, with: .inputOutput, on: "blobs")
            var report = CollectionReport()
            for _ in 0..<4 { report.blobs += try await store.files.collect().blobs }
            #expect(report.blobs == 70)
            #expect(try await store.files.collect().failures > 0)
            store.disk.heal()
            while try store.files.hasCollectable() {
                guard try await store.files.collect().blobs > 0 else { break }
            }
            try store.expectOnly(blobFiles: 0)
            #expect(try store.files.totals().physicalBytes == 0)
        }
    }

    /// A content whose removal is stuck half way is no reason to refuse it.
    @Test(arguments: [FileSystemCall.remove])
    func contentWhoseRemovalFailedCanBeUploadedAgain(_ call: FileSystemCall) async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            let content = sample(20_000)
            try await store.put("a", content)
            try await store.delete("a")
            store.disk.fail(call, with: .inputOutput, on: "blobs", times: 1)
            #expect(try await store.files.collect().failures == 1)
            try await store.put("b", content)
            #expect(try await store.files.collect() == CollectionReport())
            #expect(try await store.read("b") == content)
            try store.expectOnly(blobFiles: 1, keys: ["b"])
            try store.expectTrueCounters()
        }
    }

    @Test(arguments: sizes)
    func stoppedPassIsFinishedByTheNext(_ size: Int) async throws {
        struct Stop: Error {}
        try await withStore({ $0.collectGrace = .zero }) { store in
            for number in 0..<100 { try await store.put("a", sample(size, seed: UInt64(number))) }
            try await store.delete("a")
            await #expect(throws: Stop.self) { try await store.files.collect { _, _ in throw Stop() } }
            // A task cancelled at any moment of a pass.
            for delay in 0..<5 {
                let pass = Task { try await store.files.collect() }
                for _ in 0..<(delay * 20) { await Task.yield() }
                pass.cancel()
                // Finished or cancelled, the state is what counts.
                _ = await pass.result
            }
            // What a cancelled pass had begun can be taken up at once.
            for number in 0..<100 where number.isMultiple(of: 3) {
                try await store.put("\(number)", sample(size, seed: UInt64(number)))
            }
            try await store.files.collect()
            for number in 0..<100 where number.isMultiple(of: 3) {
                #expect(try await store.read("\(number)") == sample(size, seed: UInt64(number)))
            }
            let totals = try store.files.totals()
            #expect(totals.physicalBytes == totals.distinctBytes)
            #expect(try store.folder.blobFiles().count == (size > StoreFolder.inlineLimit ? 34 : 0))
        }
    }

    @Test func failedSynchronizationOfARemovalTurnsTheStoreReadOnly() async throws {
        try await withStoreFolder({ $0.collectGrace = .zero }) { folder in
            var store = try await folder.open()
            try await store.put("keep", sample(30_000, seed: 2))
            try await store.put("a", sample(20_000))
            try await store.delete("a")
            folder.disk.fail(.synchronizeDirectory, with: .inputOutput, on: "blobs", times: 1)
            #expect(try await store.files.collect().failures == 1)
            #expect(folder.disk.injectedFaults == 1)
            #expect(store.files.readOnlyReason != nil)
            await expectError(.readOnly) { try await store.put("b", sample(10)) }
            #expect(try await store.read("keep") == sample(30_000, seed: 2))
            try await store.files.close()
            store = try await folder.open()
            #expect(store.files.readOnlyReason == nil)
            try store.expectOnly(blobFiles: 1, keys: ["keep"])
            #expect(try store.files.totals().physicalBytes == 30_000)
            try await store.files.close()
        }
    }

    @Test(arguments: 0..<8)
    func deletesThatAKillInterruptedAreFinishedAtOpen(_ calls: Int) async throws {
        try await withStoreFolder({ $0.collectGrace = .zero }) { folder in
            var store = try await folder.open()
            try await store.put("keep", sample(30_000, seed: 99))
            for number in 0..<3 { try await store.put("a", sample(10_000, seed: UInt64(number))) }
            try await store.delete("a")
            folder.disk.stop(after: calls)
            // Whether it noticed is not what this is about.
            _ = try? await store.files.collect()
            await store.kill()
            store = try await folder.open()
            #expect(store.files.wasUnclean)
            try await store.files.collect()
            #expect(try await store.read("keep") == sample(30_000, seed: 99))
            #expect(try store.files.totals().physicalBytes == 30_000)
            try store.expectOnly(blobFiles: 1, keys: ["keep"])
            try await store.files.close()
        }
    }
}
