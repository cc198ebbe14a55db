import Foundation
import GRDB
import PurserIdentifiers
import Synchronization
import Testing

@testable import PurserCatalog

@Suite(.timeLimit(.minutes(2)))
struct GroupCommitTests {
    @Test
    func writesThatWaitShareATransaction() async throws {
        try await CatalogFixture.run { catalog in
            let gate = try await WriterGate(catalog)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask { _ = try await catalog.commit(.sample("\(number)", number)) }
                }
                await gate.waitForWrites(200)
                #expect(try catalog.totals().files == 0)
                try await gate.open()
                try await group.waitForAll()
            }
            let metrics = catalog.metrics()
            #expect(metrics.batches == 2)
            #expect(metrics.items == 201)
            #expect(metrics.largestBatch == 200)
            #expect(metrics.lastBatchDuration > .zero)
            #expect(metrics.waiting == 0)
            #expect(try catalog.totals().files == 200)
        }
    }

    @Test
    func batchIsBoundedInItemsAndBytes() async throws {
        var configuration = CatalogConfiguration()
        configuration.maxBatchItems = 10
        configuration.maxBatchBytes = 1_000
        try await CatalogFixture.run(configuration) { catalog in
            func batches(of count: Int, size: Int, from first: Int) async throws -> Int64 {
                let before = catalog.metrics().batches
                let gate = try await WriterGate(catalog)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in first..<(first + count) {
                        group.addTask { _ = try await catalog.commit(.sample("\(number)", number, size: size)) }
                    }
                    await gate.waitForWrites(count)
                    try await gate.open()
                    try await group.waitForAll()
                }
                return catalog.metrics().batches - before - 1
            }
            let byItems = try await batches(of: 40, size: 1, from: 0)
            #expect(byItems == 4)
            #expect(try await batches(of: 10, size: 500, from: 100) == 5)
        }
    }

    @Test
    func refusalLeavesItsNeighboursAlone() async throws {
        try await CatalogFixture.run { catalog in
            let gate = try await WriterGate(catalog)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let precondition = number.isMultiple(of: 2) ? WritePrecondition.none : .exists
                        do {
                            _ = try await catalog.commit(.sample("\(number)", number, if: precondition))
                            return true
                        } catch let error as CatalogError where error.code == .preconditionFailed {
                            return false
                        }
                    }
                }
                await gate.waitForWrites(20)
                try await gate.open()
                let committed = try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                #expect(committed == 10)
            }
            #expect(catalog.metrics().batches == 2)
            #expect(catalog.metrics().replays == 0)
            #expect(try catalog.totals().files == 10)
        }
    }

    @Test
    func failingStatementLeavesItsNeighboursAlone() async throws {
        try await CatalogFixture.run { catalog in
            let gate = try await WriterGate(catalog)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask { _ = try await catalog.commit(.sample("\(number)", number)) }
                }
                group.addTask {
                    await expectError(.internalFailure) {
                        try await catalog.writer.submit { transaction in
                            _ = try transaction.createBucket(try BucketName("half-done"), at: .second(1))
                            try transaction.write(Query.insertBucket, ["x", 1])
                        }
                    }
                }
                await gate.waitForWrites(21)
                try await gate.open()
                try await group.waitForAll()
            }
            #expect(catalog.metrics().replays == 21)
            #expect(catalog.metrics().batches == 21)
            #expect(try catalog.totals().files == 20)
            #expect(try catalog.buckets().map(\.name) == [.default])
            #expect(try catalog.totals().buckets == 1)
            #expect(catalog.failure == nil)
        }
    }

    @Test
    func refusalAfterAChangeIsUndone() async throws {
        try await CatalogFixture.run { catalog in
            await expectError(.noSuchFile) {
                try await catalog.writer.submit { transaction in
                    _ = try transaction.createBucket(try BucketName("half-done"), at: .second(1))
                    throw CatalogError(.noSuchFile, "too late")
                }
            }
            let buckets = try catalog.buckets()
            #expect(buckets.map(\.name) == [.default])
        }
    }

    @Test
    func laterWriteOfABatchSeesTheEarlier() async throws {
        try await CatalogFixture.run { catalog in
            let gate = try await WriterGate(catalog)
            async let first = catalog.commit(.sample("a", 1))
            await gate.waitForWrites(1)
            async let second = catalog.commit(.sample("a", 2, if: .matches([.sample(1)])))
            await gate.waitForWrites(2)
            async let third = catalog.delete(
                bucket: .default,
                key: try FileKey("a"),
                precondition: .matches([.sample(2)]),
                at: .second(3)
            )
            await gate.waitForWrites(3)
            async let fourth: Void = catalog.deleteBucket(.default)
            await gate.waitForWrites(4)
            async let fifth = catalog.createBucket(.default, at: .second(4))
            await gate.waitForWrites(5)
            try await gate.open()
            #expect(try await first.created)
            #expect(try await second.replaced?.blob == .sample(1))
            #expect(try await third.blob == .sample(2))
            try await fourth
            #expect(try await fifth.created)
            #expect(catalog.metrics().batches == 2)
            #expect(try catalog.bucket(.default)?.files == 0)
            #expect(try catalog.totals().files == 0)
        }
    }

    @Test
    func cancelledWriteThatWaitsIsWithdrawn() async throws {
        try await CatalogFixture.run { catalog in
            let gate = try await WriterGate(catalog)
            let cancelled = Task { try await catalog.commit(.sample("cancelled", 1)) }
            await gate.waitForWrites(1)
            async let neighbour = catalog.commit(.sample("neighbour", 2))
            await gate.waitForWrites(2)
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            #expect(catalog.metrics().waiting == 1)
            try await gate.open()
            _ = try await neighbour
            #expect(try catalog.list(bucket: .default, limit: 9).files.map(\.key.text) == ["neighbour"])
        }
    }

    @Test
    func cancelledWriteThatHasBegunIsAnsweredAsItEnded() async throws {
        try await CatalogFixture.run { catalog in
            let (entered, signal) = AsyncStream.makeStream(of: Void.self)
            let semaphore = DispatchSemaphore(value: 0)
            let task = Task {
                try await catalog.writer.submit { transaction in
                    signal.finish()
                    semaphore.wait()
                    return try transaction.createBucket(try BucketName("made"), at: .second(1)).created
                }
            }
            for await _ in entered {}
            task.cancel()
            semaphore.signal()
            let created = try await task.value
            #expect(created)
            #expect(try catalog.buckets().count == 2)
        }
    }

    @Test
    func taskCancelledBeforehandWritesNothing() async throws {
        try await CatalogFixture.run { catalog in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await catalog.commit(.sample("a"))
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let totals = try catalog.totals()
            #expect(totals.files == 0)
        }
    }

    @Test
    func readDoesNotWaitForAnOpenTransaction() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 1))
            let (entered, signal) = AsyncStream.makeStream(of: Void.self)
            let semaphore = DispatchSemaphore(value: 0)
            async let write: Void = catalog.writer.submit { transaction in
                _ = try transaction.delete(.default, try FileKey("a"), precondition: .none, at: .second(2))
                signal.finish()
                semaphore.wait()
            }
            for await _ in entered {}
            #expect(try catalog.file(bucket: .default, key: try FileKey("a"))?.blob == .sample(1))
            #expect(try catalog.list(bucket: .default, delimiter: "/", limit: 9).files.count == 1)
            semaphore.signal()
            try await write
            #expect(try catalog.file(bucket: .default, key: try FileKey("a")) == nil)
        }
    }

    @Test
    func logIsCheckpointedByTheWriter() async throws {
        var configuration = CatalogConfiguration()
        configuration.checkpointPages = 50
        try await CatalogFixture.run(configuration) { catalog in
            for number in 0..<60 { _ = try await catalog.commit(.sample("\(number)", number, size: 10_000)) }
            #expect(catalog.metrics().checkpoints >= 2)
        }
    }
}
