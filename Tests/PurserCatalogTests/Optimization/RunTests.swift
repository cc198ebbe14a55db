import Foundation
import GRDB
import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct RunTests {
    private func add(_ id: String, _ catalog: Catalog, state: String = "succeeded") async throws {
        #expect(try await catalog.beginRun(id, document: "begun") == nil)
        guard state != Catalog.runningState else { return }
        try await catalog.keep(KeptRun(id: id, state: state, document: "ended"), notes: ["note": id])
    }

    @Test
    func runsComeNewestFirstAndOldOnesAreForgotten() async throws {
        try await CatalogFixture.run { catalog in
            for id in ["1", "2", "3", "4", "5"] { try await self.add(id, catalog) }
            #expect(try catalog.runs(before: nil, limit: 2).map(\.id) == ["5", "4"])
            #expect(try catalog.runs(before: "4", limit: 9).map(\.id) == ["3", "2", "1"])
            #expect(try catalog.run("3") == KeptRun(id: "3", state: "succeeded", document: "ended"))
            #expect(try catalog.note("note") == "5")
            try await catalog.forgetRuns(keeping: 2)
            #expect(try catalog.runs(before: nil, limit: 9).map(\.id) == ["5", "4"])
            try await catalog.forgetRuns(keeping: 9)
            #expect(try catalog.runs(before: nil, limit: 9).count == 2)
        }
    }

    @Test
    func thereIsOneRunAtATime() async throws {
        try await CatalogFixture.run { catalog in
            try await self.add("1", catalog, state: Catalog.runningState)
            #expect(try await catalog.beginRun("2", document: "")?.id == "1")
            #expect(try catalog.runningRun()?.id == "1")
            #expect(try catalog.run("2") == nil)
            // Also where it is the oldest of many.
            try await catalog.forgetRuns(keeping: 0)
            #expect(try catalog.runningRun()?.id == "1")
            try await catalog.keep(KeptRun(id: "1", state: "failed", document: ""))
            #expect(try await catalog.beginRun("2", document: "") == nil)
        }
    }

    @Test
    func pagesOfANewCatalogAreGivenBack() async throws {
        try await CatalogFixture.run { catalog in
            for number in 1...40 { _ = try await catalog.commit(.sample("\(number)", number, size: 60_000)) }
            for number in 1...40 {
                let file = try await catalog.delete(bucket: .default, key: .init("\(number)"), at: .second(2))
                #expect(try await catalog.markDeleting(file.blob, retiredBefore: .second(9)))
                try await catalog.forget(file.blob)
            }
            let before = try catalog.freePages()
            #expect(before.isIncremental)
            #expect(before.free > 500)
            try await catalog.giveBackPages(limit: 100)
            #expect(try catalog.freePages().free == before.free - 100)
            #expect(try catalog.freePages().total < before.total)
            let checkpoints = catalog.metrics().checkpoints
            await catalog.checkpoint()
            #expect(catalog.metrics().checkpoints == checkpoints + 1)
        }
    }

    /// A catalog of version 3 keeps its rows, and gets the tables of the optimizer.
    @Test
    func olderCatalogIsBroughtUpToDate() async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            let database = try DatabaseQueue(path: path)
            try await database.writeWithoutTransaction { db in
                try Schema.migrations.filter { $0.version <= 3 }.migrate(db)
                try db.execute(
                    sql: """
                        INSERT INTO bucket VALUES (1, 'default', 0, 1, 3);
                        INSERT INTO blob VALUES (1, randomblob(32), 3, 3, 'inline', 1, 0, NULL, 0, 0);
                        INSERT INTO file VALUES (1, x'61', 1, NULL, NULL, 5, 6);
                        UPDATE total SET buckets = 1, files = 1, logicalBytes = 3;
                        """
                )
            }
            try database.close()
            let catalog = try CatalogFixture.open(path)
            let files = try catalog.filesByModification(before: .distantFuture, after: nil, limit: 9).files
            #expect(files.map(\.key.text) == ["a"])
            #expect(files.first?.modifiedAt == Date(milliseconds: 6))
            #expect(try !catalog.freePages().isIncremental)
            try await catalog.close()
        }
    }

    /// A catalog of version 5 loses what its contents said of compression, and keeps what was found under a policy.
    @Test
    func verdictsOfAnOlderCatalogAreKept() async throws {
        try await CatalogFixture.inFolder { folder in
            let path = folder + "/catalog.sqlite"
            let database = try DatabaseQueue(path: path)
            try await database.writeWithoutTransaction { db in
                try Schema.migrations.filter { $0.version <= 5 }.migrate(db)
                try db.execute(
                    sql: """
                        INSERT INTO bucket VALUES (1, 'default', 0, 0, 0);
                        INSERT INTO blob VALUES (1, randomblob(32), 900, 900, 'raw', 1, 0, NULL, 0, 0, 1);
                        INSERT INTO blob VALUES (2, randomblob(32), 900, 900, 'raw', 1, 0, NULL, 0, 0, 1);
                        INSERT INTO blobVerdict VALUES (2, 'zstd:3');
                        """
                )
            }
            try database.close()
            let catalog = try CatalogFixture.open(path)
            func candidates(_ policy: String) throws -> [Int64] {
                try catalog.unencodedBlobs(after: 0, minSize: 512, policy: policy, limit: 9).map(\.row)
            }
            #expect(try candidates("zstd:3") == [1])
            #expect(try candidates("gzip:6") == [1, 2])
            try await catalog.close()
        }
    }
}
