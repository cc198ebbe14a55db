import Foundation
import GRDB
import PurserIdentifiers
import Synchronization
import Testing

@testable import PurserCatalog

/// Who is told how the writer and the statements do.
@Suite(.timeLimit(.minutes(2)))
struct ObserverTests {
    private final class Kept<Value: Sendable>: Sendable {
        private let values = Mutex<[Value]>([])

        var all: [Value] { self.values.withLock { $0 } }

        func note(_ value: Value) {
            self.values.withLock { $0.append(value) }
        }
    }

    @Test
    func eachTransactionIsToldWithTheWaitOfItsWrites() async throws {
        let kept = Kept<CommittedBatch>()
        var configuration = CatalogConfiguration()
        configuration.onCommit = { kept.note($0) }
        try await CatalogFixture.run(configuration) { catalog in
            let gate = try await WriterGate(catalog)
            let started = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<5 {
                    group.addTask { _ = try await catalog.commit(.sample("\(number)", number)) }
                }
                await gate.waitForWrites(5)
                try await gate.open()
                try await group.waitForAll()
            }
            let longest = ContinuousClock.now - started
            let batches = kept.all
            #expect(batches.map(\.waits.count) == [1, 5])
            #expect(batches.allSatisfy { $0.duration > .zero })
            #expect(batches[1].waits.allSatisfy { $0 > .zero && $0 < longest })
            #expect(batches[1].duration == catalog.metrics().lastBatchDuration)
        }
    }

    @Test
    func aTransactionThatFailsIsNotTold() async throws {
        let kept = Kept<CommittedBatch>()
        var configuration = CatalogConfiguration()
        configuration.onCommit = { kept.note($0) }
        try await CatalogFixture.run(configuration) { catalog in
            struct Failure: Error {}
            await #expect(throws: (any Error).self) {
                try await catalog.writer.submit { transaction in
                    try transaction.write(Query.deleteFile, [1, Data()])
                    throw Failure()
                }
            }
            #expect(kept.all.isEmpty)
        }
    }

    @Test
    func slowStatementsAreToldByTheirName() async throws {
        let kept = Kept<String>()
        var configuration = CatalogConfiguration()
        // Then all are slow.
        configuration.slowStatementThreshold = .zero
        configuration.onSlowStatement = { label, duration in
            #expect(duration >= .zero)
            kept.note(label)
        }
        try await CatalogFixture.run(configuration) { catalog in
            _ = try await catalog.commit(.sample("secret-name", 1))
            #expect(try catalog.file(bucket: .default, key: FileKey("secret-name")) != nil)
            let labels = Set(kept.all)
            #expect(labels.isSuperset(of: ["begin", "commit", "insertFile", "insertBlob", "count", "file"]))
            #expect(
                labels.isSubset(of: Set(Query.allCases.map { "\($0)" } + ["begin", "commit", "rollback", "other"]))
            )
        }
    }

    @Test
    func aQuickStatementIsNotTold() async throws {
        let kept = Kept<String>()
        var configuration = CatalogConfiguration()
        configuration.slowStatementThreshold = .seconds(3600)
        configuration.onSlowStatement = { label, _ in kept.note(label) }
        try await CatalogFixture.run(configuration) { catalog in
            _ = try await catalog.commit(.sample("a", 1))
        }
        #expect(kept.all.isEmpty)
    }

    @Test
    func theWriterTellsItsTimeAndTheCacheItsHits() async throws {
        try await CatalogFixture.run { catalog in
            for number in 0..<20 { _ = try await catalog.commit(.sample("\(number)", number)) }
            let key = try FileKey("1")
            for _ in 0..<3 { _ = try catalog.file(bucket: .default, key: key) }
            _ = try catalog.file(bucket: .default, key: FileKey("absent"))
            let metrics = catalog.metrics()
            #expect(metrics.writerTime > .zero)
            #expect((metrics.rowHits, metrics.rowMisses) == (2, 2))
            #expect(try #require(catalog.logBytes()) > 0)
        }
    }
}
