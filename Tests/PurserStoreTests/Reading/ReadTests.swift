import PurserCatalog
import NIOCore
import PurserIdentifiers
import PurserStore
import Synchronization
import Testing

/// Reading gives the bytes asked for, as they were when the content was opened.
@Suite(.timeLimit(.minutes(5)))
struct ReadTests {
    static let sizes = [100, StoreFolder.inlineLimit + 100, 600 * 1024 + 3]

    @Test(arguments: sizes, [true, false])
    func everyRangeGivesItsBytes(_ size: Int, _ isVerified: Bool) async throws {
        try await withStore({ $0.verifiesReads = isVerified }) { store in
            let content = sample(size)
            try await store.put("a", content)
            let open = try store.open("a")
            let ends = [0, 1, size / 3, size / 2, size - 1, size]
            for start in ends {
                for end in ends where end >= start {
                    let read = try await store.read(open, Int64(start)..<Int64(end))
                    #expect(read == content.getSlice(at: start, length: end - start), "\(start)..<\(end)")
                }
            }
        }
    }

    @Test func piecesAreSmallAndInOrder() async throws {
        try await withStore { store in
            let content = sample(1_000_000)
            try await store.put("a", content)
            let pieces = Mutex<[ByteBuffer]>([])
            try await store.files.read(store.open("a"), range: 0..<1_000_000) { piece in
                pieces.withLock { $0.append(piece) }
            }
            let delivered = pieces.withLock { $0 }
            #expect(delivered.allSatisfy { (1...FileStore.readWindow).contains($0.readableBytes) })
            #expect(delivered.count == 4)
        }
    }

    @Test func missingFilesAndBucketsAreToldApart() async throws {
        try await withStore { store in
            let bucket = try BucketName("missing")
            await expectError(.fileNotFound) { _ = try store.open("a") }
            await expectError(.bucketNotFound) { _ = try store.files.open(bucket: bucket, key: FileKey("a")) }
            await expectError(.bucketNotFound) { _ = try store.files.list(ListRequest(bucket: bucket)) }
            await expectError(.bucketNotFound) { _ = try store.files.bucket(bucket) }
            await expectError(.fileNotFound) { try await store.delete("a") }
        }
    }

    /// What happens to a file between two pieces of its reader.
    enum Event: String, CaseIterable { case replaced, deleted, collected }

    @Test(arguments: Event.allCases, sizes)
    func openContentStaysWhateverHappensToItsName(_ event: Event, _ size: Int) async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            let content = sample(size)
            try await store.put("a", content)
            let open = try store.open("a")
            let read = Mutex(ByteBuffer())
            let hasHappened = Atomic(false)
            try await store.files.read(open, range: 0..<Int64(size)) { piece in
                read.withLock { _ = $0.writeImmutableBuffer(piece) }
                guard !hasHappened.exchange(true, ordering: .acquiringAndReleasing) else { return }
                if event == .replaced {
                    try await store.put("a", sample(size, seed: 2))
                } else {
                    try await store.delete("a")
                }
                if event == .collected {
                    #expect(try await store.files.collect().blobs == 1)
                }
            }
            let happened = hasHappened.load(ordering: .acquiring)
            #expect(happened)
            #expect(read.withLock { $0 } == content)
        }
    }

    @Test func errorOfTheReceiverEndsTheRead() async throws {
        struct Left: Error {}
        try await withStore { store in
            try await store.put("a", sample(1_000_000))
            let content = try store.open("a")
            let count = Atomic(0)
            await #expect(throws: Left.self) {
                try await store.files.read(content, range: 0..<1_000_000) { _ in
                    if count.add(1, ordering: .relaxed).newValue == 2 { throw Left() }
                }
            }
            let pieces = count.load(ordering: .relaxed)
            #expect(pieces == 2)
        }
    }

    /// A file that is deleted, collected and uploaded again all the time is there or not, but never damaged.
    @Test(arguments: [100, StoreFolder.inlineLimit + 100])
    func openingRacesWithTheCollector(_ size: Int) async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            let content = sample(size)
            let isDone = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { isDone.raise() }
                    for _ in 0..<60 {
                        try await store.put("a", content)
                        try await store.delete("a")
                        try await store.files.collect()
                    }
                }
                for _ in 0..<2 {
                    group.addTask {
                        while !isDone.isRaised {
                            do {
                                let read = try await store.read("a")
                                #expect(read == content)
                            } catch let error as StoreError where error.code == .fileNotFound {
                                // Between the delete and the next put.
                            }
                            // A read of a small content never suspends, and must leave a thread to the writer.
                            await Task.yield()
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
