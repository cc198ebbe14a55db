import Foundation
import GRDB
import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct OpeningTests {
    @Test
    func whatWasCommittedIsThereAfterReopening() async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            let first = try CatalogFixture.open(path)
            let file = try await first.commit(.sample("a", 1)).file
            try await first.deleteBucketAfterMaking("spare")
            let totals = try first.totals()
            try await first.close()
            let second = try Catalog.open(at: path, logger: .quiet, time: .second(99))
            #expect(try second.file(bucket: .default, key: file.key) == file)
            #expect(try second.totals() == totals)
            #expect(try second.bucket(.default)?.createdAt == .second(0))
            try await second.close()
        }
    }

    /// As after a crash: the log is taken as it is while the catalog is open.
    @Test
    func whatWasCommittedIsInTheLogBeforeTheAnswer() async throws {
        try await CatalogFixture.inFolder { folder in
            let catalog = try CatalogFixture.open(folder + "/catalog.sqlite")
            for number in 0..<50 { _ = try await catalog.commit(.sample("\(number)", number)) }
            for suffix in ["", "-wal"] {
                let name = folder + "/catalog.sqlite" + suffix
                try FileManager.default.copyItem(atPath: name, toPath: folder + "/crashed.sqlite" + suffix)
            }
            let recovered = try CatalogFixture.open(folder + "/crashed.sqlite")
            #expect(try recovered.totals() == catalog.totals())
            #expect(try recovered.list(bucket: .default, limit: 100).files.count == 50)
            try await recovered.close()
            try await catalog.close()
        }
    }

    @Test
    func commitsAreFullySynchronous() async throws {
        try await CatalogFixture.run { catalog in
            let settings = try await catalog.writer.submit { transaction in
                try ["synchronous", "journal_mode", "foreign_keys", "wal_autocheckpoint"].map { name in
                    try String.fetchOne(transaction.db, sql: "PRAGMA \(name)") ?? ""
                }
            }
            #expect(settings == ["2", "wal", "1", "0"])
        }
    }

    @Test
    func newerFormatIsRefusedAndNotTouched() async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            let catalog = try CatalogFixture.open(path)
            _ = try await catalog.commit(.sample("a", 1))
            try await catalog.writer.submit { try $0.db.execute(sql: "PRAGMA user_version = 4711") }
            try await catalog.close()
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let error = await expectError(.newerFormat) { try CatalogFixture.open(path) }
            #expect(error?.message.contains("4711") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    @Test
    func foreignDatabaseIsRefused() async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/other.sqlite"
            let other = try DatabaseQueue(path: path)
            try await other.write { try $0.execute(sql: "CREATE TABLE file (a)") }
            try other.close()
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            await expectError(.damaged) { try CatalogFixture.open(path) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    enum Damage: CaseIterable {
        case noDatabase, garbledPages, cutShort, cutShortUnchecked
    }

    @Test(arguments: Damage.allCases)
    func damagedFileIsRefused(_ damage: Damage) async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            let catalog = try CatalogFixture.open(path)
            for number in 0..<300 { _ = try await catalog.commit(.sample("\(number)", number)) }
            try await catalog.close()
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            try #require(bytes.count > 40_000)
            var configuration = CatalogConfiguration()
            switch damage {
            case .noDatabase: bytes.replaceSubrange(0..<100, with: Data(repeating: 0x41, count: 100))
            case .garbledPages: bytes.replaceSubrange(20_000..<40_000, with: Data(repeating: 0xa5, count: 20_000))
            case .cutShort: bytes.removeLast(8_192)
            case .cutShortUnchecked:
                bytes.removeLast(8_192)
                configuration.maxCheckedBytes = 0
            }
            try bytes.write(to: URL(fileURLWithPath: path))
            await expectError(.damaged) { try CatalogFixture.open(path, configuration) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
        }
    }

    @Test
    func emptyFileBecomesACatalog() async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            try Data().write(to: URL(fileURLWithPath: path))
            let catalog = try CatalogFixture.open(path)
            #expect(try catalog.buckets().count == 1)
            try await catalog.close()
        }
    }

    @Test
    func missingFolderIsAnError() async throws {
        try await CatalogFixture.inFolder { folder in
            #expect(throws: CatalogError.self) { try CatalogFixture.open(folder + "/missing/catalog.sqlite") }
        }
    }

    @Test
    func closedCatalogRefusesEverything() async throws {
        try await CatalogFixture.inFolder { folder in
            let catalog = try CatalogFixture.open(folder + "/catalog.sqlite")
            try await catalog.close()
            try await catalog.close()
            await expectError(.closed) { try catalog.totals() }
            await expectError(.closed) { try await catalog.commit(.sample("a")) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["catalog.sqlite"])
        }
    }

    @Test
    func closingDoesTheWritesThatWait() async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            let catalog = try CatalogFixture.open(path)
            let gate = try await WriterGate(catalog)
            async let write = catalog.commit(.sample("a"))
            await gate.waitForWrites(1)
            async let closing: Void = catalog.close()
            try await gate.open()
            _ = try await write
            try await closing
            let reopened = try CatalogFixture.open(path)
            #expect(try reopened.totals().files == 1)
            try await reopened.close()
        }
    }
}

extension Catalog {
    fileprivate func deleteBucketAfterMaking(_ name: String) async throws {
        _ = try await self.createBucket(try BucketName(name), at: .second(1))
        try await self.deleteBucket(try BucketName(name))
    }
}
