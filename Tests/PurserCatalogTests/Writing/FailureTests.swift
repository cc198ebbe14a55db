import Foundation
import GRDB
import PurserIdentifiers
import Synchronization
import Testing

@testable import PurserCatalog

@Suite(.timeLimit(.minutes(2)))
struct FailureTests {
    private final class Hook: Sendable {
        let errors = Mutex<[CatalogError]>([])

        var configuration: CatalogConfiguration {
            var configuration = CatalogConfiguration()
            configuration.onInputOutputError = { error in self.errors.withLock { $0.append(error) } }
            return configuration
        }
    }

    @Test
    func fullDiskFailsWhatDoesNotFitAndNothingElse() async throws {
        let hook = Hook()
        try await CatalogFixture.run(hook.configuration) { catalog in
            _ = try await catalog.commit(.sample("before", 1))
            try await catalog.writer.submit { transaction in
                let pages = try Int.fetchOne(transaction.db, sql: "PRAGMA page_count") ?? 0
                try transaction.db.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
            }
            let gate = try await WriterGate(catalog)
            async let large: Void = {
                await expectError(.noSpace) { try await catalog.commit(.sample("large", 2, size: 1_000_000)) }
            }()
            await gate.waitForWrites(1)
            async let small = catalog.commit(.sample("small", 3))
            async let deleted = catalog.delete(bucket: .default, key: try FileKey("before"), at: .second(2))
            await gate.waitForWrites(3)
            try await gate.open()
            await large
            _ = try await (small, deleted)
            #expect(try catalog.list(bucket: .default, limit: 9).files.map(\.key.text) == ["small"])
            #expect(catalog.failure == nil)
            #expect(hook.errors.withLock(\.count) == 0)
            #expect(catalog.metrics().replays == 3)
            #expect(catalog.metrics().checkpoints == 1)
        }
    }

    @Test(arguments: [ResultCode.SQLITE_IOERR_FSYNC, .SQLITE_IOERR_WRITE, .SQLITE_CORRUPT, .SQLITE_NOTADB])
    func failureOfTheDiskEndsAllWriting(_ code: ResultCode) async throws {
        let hook = Hook()
        try await CatalogFixture.run(hook.configuration) { catalog in
            _ = try await catalog.commit(.sample("a", 1))
            let gate = try await WriterGate(catalog)
            let expected: CatalogError.Code = code.primaryResultCode == .SQLITE_IOERR ? .storageFailure : .damaged
            async let neighbour: Void = {
                await expectError(expected) { try await catalog.commit(.sample("b", 2)) }
            }()
            await gate.waitForWrites(1)
            async let failing: Void = {
                await expectError(expected) {
                    try await catalog.writer.submit { _ in throw DatabaseError(resultCode: code) }
                }
            }()
            await gate.waitForWrites(2)
            try await gate.open()
            _ = await (neighbour, failing)
            let refusal = await expectError(.readOnly) { try await catalog.commit(.sample("c", 3)) }
            #expect((refusal?.cause as? CatalogError)?.code == expected)
            #expect(hook.errors.withLock { $0.map(\.code) } == [expected])
            #expect(catalog.failure?.code == expected)
            #expect(try catalog.list(bucket: .default, limit: 9).files.map(\.key.text) == ["a"])
        }
    }

    @Test
    func failureRefusesWhatWaits() async throws {
        var configuration = CatalogConfiguration()
        configuration.maxBatchItems = 1
        try await CatalogFixture.run(configuration) { catalog in
            let gate = try await WriterGate(catalog)
            async let failing: Void = {
                await expectError(.storageFailure) {
                    try await catalog.writer.submit { _ in throw DatabaseError(resultCode: .SQLITE_IOERR_FSYNC) }
                }
            }()
            await gate.waitForWrites(1)
            async let waiting: Void = {
                await expectError(.readOnly) { try await catalog.commit(.sample("b", 2)) }
            }()
            await gate.waitForWrites(2)
            try await gate.open()
            _ = await (failing, waiting)
        }
    }

    /// The index of the write-ahead log cannot grow: that is a full disk.
    @Test(
        arguments: [
            (.SQLITE_IOERR_SHMSIZE, .noSpace), (.SQLITE_FULL, .noSpace), (.SQLITE_BUSY, .busy),
            (.SQLITE_IOERR_NOMEM, .internalFailure), (.SQLITE_CONSTRAINT_CHECK, .internalFailure),
        ] as [(ResultCode, CatalogError.Code)]
    )
    func otherFailuresLeaveTheCatalogUsable(_ code: ResultCode, _ expected: CatalogError.Code) async throws {
        try await CatalogFixture.run { catalog in
            await expectError(expected) {
                try await catalog.writer.submit { _ in throw DatabaseError(resultCode: code) }
            }
            _ = try await catalog.commit(.sample("a", 1))
        }
    }

    @Test
    func damagedPageThatAReadMeetsEndsAllWriting() async throws {
        let hook = Hook()
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            let catalog = try CatalogFixture.open(path)
            for number in 0..<200 { _ = try await catalog.commit(.sample("\(number)", number, size: 100)) }
            try await catalog.close()

            var configuration = hook.configuration
            configuration.maxCheckedBytes = 0
            let damaged = try CatalogFixture.open(path, configuration)
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            let size = try file.seekToEnd()
            try file.seek(toOffset: 4_096)
            try file.write(contentsOf: Data(repeating: 0xa5, count: Int(size) - 4_096))
            try file.close()
            await expectError(.damaged) { try damaged.list(bucket: .default, limit: 500) }
            await expectError(.readOnly) { try await damaged.commit(.sample("a")) }
            #expect(hook.errors.withLock { $0.map(\.code) } == [.damaged])
            try await damaged.close()
        }
    }
}
