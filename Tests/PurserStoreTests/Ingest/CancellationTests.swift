import PurserCatalog
import NIOCore
import PurserIdentifiers
import PurserOperations
import PurserStore
import Testing

/// A cancelled upload leaves nothing; one that is past its commit cannot be cancelled.
@Suite(.timeLimit(.minutes(5)))
struct CancellationTests {
    static let sizes = [100, StoreFolder.inlineLimit + 100, 600 * 1024]

    @Test(arguments: sizes)
    func cancelMidwayLeavesNothing(_ size: Int) async throws {
        try await withStore { store in
            let id = OperationID()
            let body = TestBody(sample(size).pieces(of: size / 10)) { number in
                if number == 5 { try store.tracker.operation(id)?.cancel() }
            }
            await expectRefusal(.operationCancelled) { try await store.put("a", body: body, id: id) }
            #expect(body.timesAsked == 6)
            #expect(store.tracker.operation(id)?.snapshot.state == .cancelled)
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test(arguments: sizes)
    func cancelBeforeTheCommitLeavesNothing(_ size: Int) async throws {
        try await withStore { store in
            let id = OperationID()
            let body = TestBody([sample(size)]) { number in
                if number == 1 { try store.tracker.operation(id)?.cancel() }
            }
            await expectRefusal(.operationCancelled) { try await store.put("a", body: body, id: id) }
            #expect(body.timesAsked == 2)
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test(arguments: sizes)
    func cancellingTheCallersTaskLeavesNothing(_ size: Int) async throws {
        try await withStore { store in
            let (events, hasStarted) = AsyncStream.makeStream(of: Void.self)
            let body = TestBody([sample(size)]) { number in
                guard number == 1 else { return }
                hasStarted.yield()
                // Ends by the cancellation.
                for await _ in AsyncStream<Never>.makeStream().stream {}
                try Task.checkCancellation()
            }
            let upload = Task { try await store.put("a", body: body) }
            for await _ in events { break }
            upload.cancel()
            await expectRefusal(.operationCancelled) { _ = try await upload.value }
            try store.expectOnly(blobFiles: 0)
        }
    }

    @Test(arguments: sizes)
    func sealedUploadCannotBeCancelled(_ size: Int) async throws {
        try await withStore { store in
            let id = OperationID()
            try await store.put("a", body: TestBody([sample(size)]), id: id)
            let operation = try #require(store.tracker.operation(id))
            #expect(throws: OperationError.self) { try operation.cancel() }
            #expect(operation.snapshot.state == .succeeded)
        }
    }

    /// Cancels at every moment that chance finds: told "cancelled" means nothing is there, told "stored" means all is.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func whatACancelledUploadSaysIsTrue(_ seed: UInt64) async throws {
        try await withStore { store in
            for number in 0..<40 {
                let key = "\(number)"
                let id = OperationID()
                let content = sample([100, 20_000][number % 2], seed: seed &* 1000 &+ UInt64(number))
                let upload = Task { try await store.put(key, body: TestBody(content.pieces(of: 5000)), id: id) }
                for _ in 0..<(number * Int(seed)) { await Task.yield() }
                upload.cancel()
                switch await upload.result {
                case .success: #expect(try await store.read(key) == content, "seed \(seed), upload \(number)")
                case .failure: #expect(try !store.keys().contains(key), "seed \(seed), upload \(number)")
                }
            }
            let raw = try store.files.list(ListRequest(bucket: .default)).files.count { $0.encoding == "raw" }
            #expect(try store.folder.blobFiles().count == raw, "seed \(seed)")
            #expect(try store.folder.stagingFiles().isEmpty)
            #expect(store.resources.metrics().diskReserved == 0)
        }
    }
}
