import PurserOperations
import PurserCatalog
import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Testing

/// Each call that an upload makes to the disk fails in turn.
@Suite(.timeLimit(.minutes(5)))
struct UploadFaultTests {
    /// What an upload calls, once or more.
    static let calls: [FileSystemCall] = [.open, .write, .synchronize, .close, .rename, .synchronizeDirectory, .space]
    static let before = sample(20_000, seed: 7)
    static let content = sample(700 * 1024, seed: 8)

    private static func upload(to store: OpenStore) async throws {
        try await store.put("new", body: TestBody(content.pieces(of: 100 * 1024)))
    }

    /// How often an upload calls; with ``calls`` not up to date, the other tests would prove too little.
    private static func counts() async throws -> [FileSystemCall: Int] {
        var counts: [FileSystemCall: Int] = [:]
        try await withStore { store in
            store.disk.resetCounts()
            try await Self.upload(to: store)
            for call in FileSystemCall.allCases where store.disk.count(of: call) > 0 {
                counts[call] = store.disk.count(of: call)
            }
        }
        return counts
    }

    @Test func callsOfAnUploadAreKnown() async throws {
        #expect(Set(try await Self.counts().keys) == Set(Self.calls))
    }

    @Test(arguments: calls, [FaultyFileSystem.Fault.noSpace, .inputOutput])
    func failedCallLeavesNothingHalfDone(_ call: FileSystemCall, _ fault: FaultyFileSystem.Fault) async throws {
        let isSynchronization = call == .synchronize || call == .synchronizeDirectory
        for place in 0..<(try #require(try await Self.counts()[call])) {
            let comment: Comment = "call number \(place)"
            try await withStoreFolder { folder in
                var store = try await folder.open()
                try await store.put("old", Self.before)
                try await store.put("small", sample(10))
                folder.disk.resetCounts()
                folder.disk.fail(call, with: fault, skipping: place, times: 1)
                let code: StoreError.Code = fault == .noSpace ? .storeFull : .inputOutput
                await expectError(isSynchronization ? .readOnly : code, comment) {
                    try await Self.upload(to: store)
                }
                #expect(folder.disk.injectedFaults == 1, comment)
                #expect((store.files.readOnlyReason != nil) == isSynchronization, comment)
                // Where the name may or may not outlive a power failure, the bytes stay to the next start.
                let isLeft = call == .synchronizeDirectory
                try store.expectOnly(blobFiles: isLeft ? 2 : 1, keys: ["old", "small"], comment)
                #expect(try await store.read("old") == Self.before, comment)

                try await store.files.close()
                store = try await folder.open()
                #expect(store.files.wasUnclean == isSynchronization, comment)
                try await store.files.sweep()
                try store.expectOnly(blobFiles: 1, keys: ["old", "small"], comment)
                #expect(try await store.read("old") == Self.before, comment)
                #expect(try await store.read("small") == sample(10), comment)
                try await Self.upload(to: store)
                #expect(try await store.read("new") == Self.content, comment)
                try store.expectTrueCounters(comment)
                try await store.files.close()
            }
        }
    }

    @Test(arguments: [1, 1000, 100_000])
    func shortWritesAreCompleted(_ bytes: Int) async throws {
        try await withStore { store in
            store.disk.resetCounts()
            store.disk.fail(.write, with: .shortWrite(bytes), on: "staging", times: 5)
            try await Self.upload(to: store)
            #expect(store.disk.injectedFaults > 0)
            #expect(try await store.read("new") == Self.content)
            try store.expectOnly(blobFiles: 1, keys: ["new"])
        }
    }

    @Test(arguments: [FileSystemCall.synchronize, .synchronizeDirectory])
    func failedSynchronizationEndsAllWritingAndNoReading(_ call: FileSystemCall) async throws {
        try await withStore { store in
            try await store.put("old", Self.before)
            store.disk.fail(call, with: .inputOutput, times: 1)
            await expectError(.readOnly) { try await Self.upload(to: store) }
            store.disk.heal()
            let calls = store.disk.count(of: call)
            let body = TestBody([sample(10)])
            await expectError(.readOnly) { try await store.put("b", body: body) }
            #expect(body.timesAsked == 0)
            await expectError(.readOnly) { try await Self.upload(to: store) }
            await expectError(.readOnly) { try await store.delete("old") }
            await expectError(.readOnly) { _ = try await store.files.createBucket(BucketName("other")) }
            await expectError(.readOnly) {
                _ = try await store.files.copy(
                    CopyRequest(from: (.default, FileKey("old")), to: (.default, FileKey("b")))
                )
            }
            #expect(try await store.files.collect() == CollectionReport())
            #expect(store.disk.count(of: call) == calls)
            #expect(try await store.read("old") == Self.before)
            #expect(try store.keys() == ["old"])
        }
    }

    /// A store that turns read-only keeps what comes later from the disk, too.
    @Test func uploadUnderWayIsNotStoredByAPoisonedStore() async throws {
        try await withStore { store in
            let body = TestBody(sample(20_000).pieces(of: 10_000)) { number in
                guard number == 1 else { return }
                store.disk.fail(.synchronize, with: .inputOutput, times: 1)
                await expectError(.readOnly) { try await store.put("b", sample(9000, seed: 2)) }
            }
            await expectError(.readOnly) { try await store.put("a", body: body) }
            let small = TestBody([sample(20)])
            await expectError(.readOnly) { try await store.put("c", body: small) }
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test func stagingFileThatCannotBeRemovedGoesAtTheNextStart() async throws {
        try await withStoreFolder { folder in
            var store = try await folder.open()
            folder.disk.fail(.remove, with: .inputOutput, on: "staging")
            let body = TestBody(sample(20_000).pieces(of: 10_000), failure: TestBody.Broken())
            await #expect(throws: TestBody.Broken.self) { try await store.put("a", body: body) }
            #expect(try folder.stagingFiles().count == 1)
            folder.disk.heal()
            try await store.files.close()
            store = try await folder.open()
            try store.expectOnly(blobFiles: 0)
            try await store.files.close()
        }
    }

    /// Bytes in place whose commit was refused, on a disk that does not let them go.
    @Test func strayBytesThatCannotBeRemovedGoAfterTheNextStart() async throws {
        try await withStoreFolder { folder in
            var store = try await folder.open()
            let id = OperationID()
            folder.disk.fail(.remove, with: .inputOutput, on: "blobs")
            let content = sample(20_000)
            // Cancelled at the last moment: the look for the digest is over, the bytes are in place.
            let files = store.files
            let tracker = store.tracker
            let watch = Task {
                while try LocalFileSystem().status(of: folder.layout.file(of: content.digest())) == nil {
                    await Task.yield()
                }
                try tracker.operation(id)?.cancel()
            }
            let upload = await Result { try await store.put("a", body: TestBody([content]), id: id) }
            // Too late to cancel, or not: both happen.
            _ = await watch.result
            folder.disk.heal()
            try await files.close()
            store = try await folder.open()
            if case .failure = upload {
                #expect(store.files.wasUnclean)
                try await store.files.sweep()
                try store.expectOnly(blobFiles: 0)
            } else {
                try store.expectOnly(blobFiles: 1, keys: ["a"])
            }
            try await store.files.close()
        }
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous body comes to.
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
