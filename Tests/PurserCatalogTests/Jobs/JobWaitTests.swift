import Foundation
import GRDB
import PurserIdentifiers
import Testing

@testable import PurserCatalog

/// Jobs that are put off, and clients that take turns.
@Suite
struct JobWaitTests {
    private func add(
        _ id: String,
        _ pipeline: String = "p",
        client: String = "c",
        priority: Int = 1,
        at second: Int = 0,
        to catalog: Catalog
    ) async throws -> JobRecord {
        let job = NewJob(
            id: id,
            pipeline: pipeline,
            priority: priority,
            client: client,
            request: "{}",
            inputs: [JobInput(bucket: .default, key: try FileKey("a"))],
            isListed: true,
            listedTo: nil,
            idempotency: nil,
            callbacks: 0,
            createdAt: .second(second)
        )
        guard case .inserted(let record) = try await catalog.insert(job) else {
            throw CatalogError(.internalFailure, "not inserted")
        }
        return record
    }

    @Test
    func jobThatIsPutOffHasNoTurnBeforeItsTime() async throws {
        try await CatalogFixture.run { catalog in
            let first = try await self.add("first", to: catalog)
            _ = try await self.add("second", at: 1, to: catalog)
            let why = JobWait(code: "code", message: "why", since: .second(5))
            try await catalog.putOffJob(first.number, why, until: .second(9))
            #expect(try catalog.nextJob()?.id == "second")
            #expect(try catalog.job("first")?.waiting == why)
            #expect(try catalog.job("second")?.waiting == nil)
            let off = try catalog.pipelinesPutOff()
            #expect(off.map(\.pipeline) == ["p"])
            #expect(off.map(\.triesAt) == [.second(9)])
            #expect(try await catalog.takeBackJobs(ofPipeline: "p", dueBy: .second(8)) == 0)
            #expect(try await catalog.takeBackJobs(ofPipeline: "q", dueBy: .second(9)) == 0)
            #expect(try await catalog.takeBackJobs(ofPipeline: "p", dueBy: .second(9)) == 1)
            #expect(try catalog.pipelinesPutOff().isEmpty)
            #expect(try catalog.nextJob()?.id == "first")
            // Why is told until it starts.
            #expect(try catalog.job("first")?.waiting == why)
            #expect(try await catalog.startJob(first.number, at: .second(10)))
            #expect(try catalog.job("first")?.waiting == nil)
        }
    }

    @Test
    func jobThatWasCutOffIsPutOffAsOneThatWaits() async throws {
        try await CatalogFixture.run { catalog in
            let job = try await self.add("j", to: catalog)
            #expect(try await catalog.startJob(job.number, at: .second(1)))
            let why = JobWait(code: "code", message: "why", since: .second(5))
            try await catalog.putOffJob(job.number, why, until: .second(9))
            let off = try #require(try catalog.job("j"))
            #expect(off.state == "queued")
            #expect(off.startedAt == .second(1))
            #expect(try await catalog.endJob(job.number, "cancelled", error: nil, isQueuedOnly: true, at: .second(6)))
            #expect(try catalog.pipelinesPutOff().isEmpty)
            // One that has ended stays as it is.
            try await catalog.putOffJob(job.number, why, until: .second(9))
            #expect(try catalog.job("j")?.state == "cancelled")
            #expect(try catalog.pipelinesPutOff().isEmpty)
        }
    }

    @Test
    func jobsOfAPipelineArePutOffTogether() async throws {
        try await CatalogFixture.run { catalog in
            for (id, pipeline) in [("a", "p"), ("b", "q"), ("c", "p"), ("d", "p")] {
                _ = try await self.add(id, pipeline, to: catalog)
            }
            let first = try #require(try catalog.job("a"))
            try await catalog.putOffJob(
                first.number,
                JobWait(code: "old", message: "old", since: .second(1)),
                until: .second(50)
            )
            let why = JobWait(code: "code", message: "why", since: .second(5))
            try await catalog.putOffJobs(ofPipeline: "p", why, until: .second(9))
            // The one that was put off before has its own time.
            let codes = try ["a", "b", "c", "d"].map { try catalog.job($0)?.waiting?.code }
            #expect(codes == ["old", nil, "code", "code"])
            #expect(try catalog.nextJob()?.id == "b")
            #expect(try await catalog.takeBackJobs(ofPipeline: "p", dueBy: .second(9)) == 2)
            // Again: since when is kept.
            let later = JobWait(code: "code", message: "why", since: .second(9))
            try await catalog.putOffJobs(ofPipeline: "p", later, until: .second(10))
            #expect(try catalog.job("c")?.waiting?.since == .second(5))
        }
    }

    @Test
    func firstJobOfEachClientIsFoundInTurn() async throws {
        try await CatalogFixture.run { catalog in
            for number in 0..<3 { _ = try await self.add("a\(number)", client: "a", at: number, to: catalog) }
            _ = try await self.add("b0", client: "b", at: 10, to: catalog)
            _ = try await self.add("b1", client: "b", priority: 0, at: 11, to: catalog)
            _ = try await self.add("c0", client: "c", at: 20, to: catalog)
            func ids(after client: String, _ limit: Int = 9) throws -> [String] {
                try catalog.nextJobs(afterClient: client, limit: limit).map(\.id)
            }
            #expect(try ids(after: "") == ["a0", "b1", "c0"])
            #expect(try ids(after: "a") == ["b1", "c0", "a0"])
            #expect(try ids(after: "c") == ["a0", "b1", "c0"])
            #expect(try ids(after: "b", 2) == ["c0", "a0"])
            #expect(try ids(after: "bb", 3) == ["c0", "a0", "b1"])
            #expect(try ids(after: "", 0) == [])
        }
    }

    @Test
    func pageEndsAtItsBytesAndGoesOnThere() async throws {
        try await CatalogFixture.run { catalog in
            let inputs = try (0..<6).map { JobInput(bucket: .default, key: try FileKey("\($0)")) }
            let new = NewJob(
                id: "j",
                pipeline: "p",
                priority: 1,
                client: "c",
                request: "{}",
                inputs: inputs,
                isListed: true,
                listedTo: nil,
                idempotency: nil,
                callbacks: 0,
                createdAt: .second(0)
            )
            guard case .inserted(let job) = try await catalog.insert(new) else {
                Issue.record("not inserted")
                return
            }
            _ = try await catalog.startItems(ofJob: job.number, limit: 5)
            // A key of 1 byte, a document of 9, and steps: 100 bytes for each, but 500 for the third.
            let ends = try (0..<5).map { number in
                JobItemEnd(
                    number: Int64(number),
                    bucket: .default,
                    key: try FileKey("\(number)"),
                    state: .succeeded,
                    isCached: false,
                    document: String(repeating: "d", count: 9),
                    steps: [("one", "x"), ("two", String(repeating: "x", count: number == 2 ? 483 : 83))],
                    dependents: []
                )
            }
            try await catalog.end(ends, ofJob: job.number)
            func page(
                after number: Int64?,
                _ limit: Int,
                _ bytes: Int
            ) throws -> (items: [Int64], steps: Int, hasMore: Bool) {
                let page = try catalog.page(ofJob: job.number, after: number, limit: limit, maxBytes: bytes)
                return (page.items.map(\.number), page.steps.count, page.hasMore)
            }
            #expect(try page(after: nil, 9, 10_000) == ([0, 1, 2, 3, 4, 5], 10, false))
            #expect(try page(after: nil, 6, 10_000) == ([0, 1, 2, 3, 4, 5], 10, false))
            #expect(try page(after: nil, 5, 10_000) == ([0, 1, 2, 3, 4], 10, true))
            #expect(try page(after: nil, 9, 200) == ([0, 1], 4, true))
            #expect(try page(after: nil, 9, 199) == ([0], 2, true))
            // Larger than a page, it has one of its own.
            #expect(try page(after: 1, 9, 200) == ([2], 2, true))
            #expect(try page(after: 2, 9, 200) == ([3, 4], 4, true))
            #expect(try page(after: 4, 9, 200) == ([5], 0, false))
            #expect(try page(after: 5, 9, 200) == ([], 0, false))
        }
    }

    @Test
    func keysOfOlderCatalogsBelongToTheirClients() throws {
        let database = try DatabaseQueue()
        try database.inDatabase { (db) throws in
            try Array(Schema.migrations.prefix(8)).migrate(db)
            let rows: [(String, String, String?)] = [("1", "a:b", "k"), ("2", "ü", "x"), ("3", "c", nil)]
            for (id, client, key) in rows {
                try db.execute(
                    sql: """
                        INSERT INTO job (id, pipeline, state, priority, turn, client, isListed, idempotencyKey,
                            idempotencyDigest, request, createdAt)
                        VALUES (?, 'p', 'queued', 1, 0, ?, 1, ?, ?, '{}', 0)
                        """,
                    arguments: [id, client, key, key.map { Data($0.utf8) }]
                )
            }
            #expect(try Schema.migrations.migrate(db) == 8)
            let keys = try (String?).fetchAll(db, sql: "SELECT idempotencyKey FROM job ORDER BY number")
            #expect(keys == ["client:3:a:b:k", "client:2:ü:x", nil])
            let jobs = try db.all(JobQuery.jobs, [Int64.max, nil, 9]) { try JobRecord($0) }
            #expect(jobs.map(\.id) == ["3", "2", "1"])
            #expect(jobs.compactMap(\.waiting).isEmpty)
        }
    }
}
