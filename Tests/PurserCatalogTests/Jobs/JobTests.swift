import Foundation
import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct JobTests {
    private func job(
        _ id: String,
        _ keys: [String] = ["a"],
        priority: Int = 1,
        key: String? = nil,
        isListed: Bool = true,
        callbacks: Int = 0,
        at second: Int = 0
    ) throws -> NewJob {
        NewJob(
            id: id,
            pipeline: "p",
            priority: priority,
            client: "c",
            request: "{}",
            inputs: try keys.map { JobInput(bucket: .default, key: try FileKey($0), size: 7) },
            isListed: isListed,
            listedTo: isListed ? nil : Data("a".utf8),
            idempotency: key.map { ($0, Data(id.utf8)) },
            callbacks: callbacks,
            createdAt: .second(second)
        )
    }

    private func kept(_ insertion: JobInsertion) throws -> JobRecord {
        guard case .inserted(let record) = insertion else {
            Issue.record("\(insertion)")
            throw CatalogError(.internalFailure, "not inserted")
        }
        return record
    }

    private func end(_ number: Int64, _ state: JobItemState, dependents: [String] = []) throws -> JobItemEnd {
        JobItemEnd(
            number: number,
            bucket: .default,
            key: try FileKey("a"),
            state: state,
            isCached: false,
            document: "{}",
            steps: [("one", "1"), ("two", "2")],
            dependents: try dependents.map { try FileKey($0) }
        )
    }

    @Test
    func jobsStartByPriorityUnlessAnotherHasWaitedMuchLonger() async throws {
        try await CatalogFixture.run { catalog in
            for (id, priority, second) in [("old", 2, 0), ("batch", 1, 700), ("urgent", 0, 1_000), ("new", 0, 1_300)] {
                _ = try await catalog.insert(try self.job(id, priority: priority, at: second))
            }
            var order: [String] = []
            while let next = try catalog.nextJob() {
                order.append(next.id)
                #expect(try await catalog.startJob(next.number, at: .second(2_000)))
            }
            // Twenty minutes for two classes, ten for one.
            #expect(order == ["urgent", "old", "batch", "new"])
        }
    }

    @Test
    func fileEndsOnceWithItsStepsAndCounts() async throws {
        try await CatalogFixture.run { catalog in
            let job = try self.kept(try await catalog.insert(try self.job("j", ["a", "b", "c", "d"])))
            #expect(job.counts.total == 4)
            #expect(job.bytes == 28)
            let items = try await catalog.startItems(ofJob: job.number, limit: 3)
            #expect(items.map(\.key.text) == ["a", "b", "c"])
            try await catalog.noteStep("one", "{}", ofItem: 0, job: job.number)
            #expect(try catalog.stepNotes(ofItem: 0, job: job.number) == ["one": "{}"])
            let ends = [try self.end(0, .succeeded), try self.end(1, .timedOut), try self.end(2, .skipped)]
            try await catalog.end(ends, ofJob: job.number)
            try await catalog.end([try self.end(0, .failed)], ofJob: job.number)
            let counts = try #require(try catalog.job("j")).counts
            #expect((counts.succeeded, counts.failed, counts.skipped) == (1, 1, 1))
            #expect(try catalog.stepNotes(ofItem: 0, job: job.number).isEmpty)
            #expect(try catalog.steps(ofJob: job.number, items: 0...1).map(\.name) == ["one", "two", "one", "two"])
            let states = try catalog.items(ofJob: job.number, limit: 9).map(\.state)
            #expect(states == [.succeeded, .timedOut, .skipped, .queued])
            #expect(try catalog.items(ofJob: job.number, after: 2, limit: 9).map(\.key.text) == ["d"])
        }
    }

    @Test
    func crashCountsAsABeginAndAStopDoesNot() async throws {
        try await CatalogFixture.run { catalog in
            let job = try self.kept(try await catalog.insert(try self.job("j", ["a", "b"])))
            _ = try await catalog.startItems(ofJob: job.number, limit: 9)
            #expect(try await catalog.startItems(ofJob: job.number, limit: 9).isEmpty)
            try await catalog.returnItems([1], ofJob: job.number)
            try await catalog.returnInterruptedItems(ofJob: job.number)
            let items = try await catalog.startItems(ofJob: job.number, limit: 9)
            #expect(items.map(\.starts) == [2, 1])
        }
    }

    @Test
    func filesThatAreFoundLaterAreAddedOnce() async throws {
        try await CatalogFixture.run { catalog in
            let job = try self.kept(try await catalog.insert(try self.job("j", ["a"], isListed: false)))
            #expect(try catalog.unlistedJob()?.id == "j")
            let more = [JobInput(bucket: .default, key: try FileKey("b"), size: 1)]
            let grown = try await catalog.add(more, toJob: job.number, listedTo: nil)
            #expect(grown?.counts.total == 2)
            #expect(grown?.isListed == true)
            #expect(try await catalog.add(more, toJob: job.number, listedTo: nil) == nil)
            #expect(try catalog.unlistedJob() == nil)
            #expect(try catalog.items(ofJob: job.number, limit: 9).map(\.number) == [0, 1])
        }
    }

    @Test
    func jobEndsOnce() async throws {
        try await CatalogFixture.run { catalog in
            let job = try self.kept(try await catalog.insert(try self.job("j", isListed: false, callbacks: 3)))
            #expect(try catalog.jobsToTell(limit: 9).isEmpty)
            #expect(try await catalog.startJob(job.number, at: .second(5)))
            #expect(try await !catalog.startJob(job.number, at: .second(6)))
            #expect(try await !catalog.endJob(job.number, "cancelled", error: nil, isQueuedOnly: true, at: .second(7)))
            #expect(try await catalog.endJob(job.number, "failed", error: ("code", "why"), at: .second(8)))
            #expect(try await !catalog.endJob(job.number, "succeeded", error: nil, at: .second(9)))
            let ended = try #require(try catalog.job("j"))
            #expect(ended.state == "failed")
            #expect(ended.errorCode == "code")
            #expect(ended.endedAt == .second(8))
            #expect(try catalog.unlistedJob() == nil)
            #expect(try catalog.jobsToTell(limit: 9).map(\.id) == ["j"])
            for left in [2, 1, 0, nil] {
                let now = try await catalog.useCallback(ofJob: job.number)
                #expect(now == left)
            }
            #expect(try catalog.jobsToTell(limit: 9).isEmpty)
        }
    }

    @Test
    func keyStandsForOneRequest() async throws {
        try await CatalogFixture.run { catalog in
            let first = try self.job("j", key: "k")
            let kept = try self.kept(try await catalog.insert(first))
            #expect(try await catalog.insert(first) == .known(kept))
            var repeated = first
            repeated.id = "other"
            #expect(try await catalog.insert(repeated) == .known(kept))
            #expect(try await catalog.insert(try self.job("other", key: "k")) == .contradicts)
            #expect(try await catalog.insert(try self.job("j")) == .idTaken)
            #expect(try catalog.jobs(limit: 9).count == 1)
        }
    }

    @Test
    func largeJobIsForgottenInSmallCommits() async throws {
        try await CatalogFixture.run { catalog in
            let keys = (0..<250).map { "\($0)" }
            let job = try self.kept(try await catalog.insert(try self.job("j", keys)))
            _ = try await catalog.startItems(ofJob: job.number, limit: 1)
            try await catalog.end([try self.end(0, .succeeded)], ofJob: job.number)
            #expect(try await !catalog.forgetJobs(endedBefore: .distantFuture, keeping: 0, limit: 100))
            _ = try await catalog.endJob(job.number, "cancelled", error: nil, at: .second(1))
            var rounds = 0
            while try await catalog.forgetJobs(endedBefore: .distantFuture, keeping: 9, limit: 100) {
                rounds += 1
                let left = try catalog.items(ofJob: job.number, limit: 999).count
                #expect(left == max(0, 250 - rounds * 100))
            }
            #expect(rounds == 3)
            #expect(try catalog.job("j") == nil)
            #expect(try catalog.steps(ofJob: job.number, items: 0...999).isEmpty)
        }
    }

    @Test
    func fileIsAnOrphanOnceItsSourceIsGone() async throws {
        try await CatalogFixture.run { catalog in
            for (index, key) in ["a", "made", "late"].enumerated() {
                _ = try await catalog.commit(try .sample(key, index + 1))
            }
            let job = try self.kept(try await catalog.insert(try self.job("j", ["a", "b"])))
            _ = try await catalog.startItems(ofJob: job.number, limit: 2)
            // One result is gone already.
            try await catalog.end([try self.end(0, .succeeded, dependents: ["made", "gone"])], ofJob: job.number)
            #expect(try catalog.orphans(limit: 9).isEmpty)
            // Replacing the source is no end of it.
            _ = try await catalog.commit(try .sample("a", 9))
            #expect(try catalog.orphans(limit: 9).isEmpty)
            _ = try await catalog.delete(bucket: .default, key: try FileKey("a"), at: .second(9))
            #expect(try catalog.orphans(limit: 9).map(\.key.text) == ["made"])
            // A result that is written down once its source has gone.
            try await catalog.end([try self.end(1, .succeeded, dependents: ["late"])], ofJob: job.number)
            #expect(try catalog.orphans(limit: 9).map(\.key.text).sorted() == ["late", "made"])
            _ = try await catalog.delete(bucket: .default, key: try FileKey("made"), at: .second(9))
            _ = try await catalog.delete(bucket: .default, key: try FileKey("late"), at: .second(9))
            #expect(try catalog.orphans(limit: 9).isEmpty)
        }
    }
}
