import SystemPackage
import PurserBlobs
import NIOCore
import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserStore
import PurserOperations
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserOptimizer

/// What was cut off goes on at the next start, with its figures and its id.
@Suite(.timeLimit(.minutes(2)))
struct ResumeTests {
    /// Leaves the catalog as a crash in the middle of a run would.
    private func cutOff(
        _ fixture: OptimizerFixture,
        isDryRun: Bool = false,
        pending: [StrategyName],
        all: [StrategyName]
    ) async throws -> String {
        let id = OperationID(at: fixture.time.now()).description
        let report = RunReport(
            id: id,
            operationID: id,
            trigger: .request,
            isDryRun: isDryRun,
            startedAt: fixture.time.now(),
            strategies: all
        )
        let document = try RunDocument(report: report, pending: pending).text()
        #expect(try await fixture.catalog.beginRun(id, document: document) == nil)
        return id
    }

    @Test
    func runGoesOnWithTheStrategiesThatAreLeft() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("old", sample(5_000, seed: 1))
            try await fixture.put("older", sample(1_000, seed: 2))
            fixture.time.advance(by: .seconds(40 * 86_400))
            let id = try await self.cutOff(
                fixture,
                pending: [.age, .collection],
                all: [.deduplication, .age, .collection]
            )
            // One file went before the crash, and the report did not hear of it.
            let file = try #require(
                try fixture.catalog.filesByModification(before: .distantFuture, after: nil, limit: 9).files.last
            )
            _ = try await fixture.store.remove(
                [FileRemoval(file, reason: "x")],
                run: id,
                strategy: "age",
                isByUse: false
            )
            let optimizer = fixture.optimizer()
            await optimizer.resume()
            let report = try optimizer.report(ofRun: id)
            #expect(report.state == .succeeded)
            #expect(report[.age]?.filesProcessed == 2)
            #expect(report[.age]?.spaceSavedBytes == 6_000)
            #expect(report[.deduplication]?.filesExamined == 0)
            #expect(fixture.tracker.list(kind: .optimize, limit: 9).snapshots.map(\.id.description) == [id])
            #expect(try fixture.catalog.runningRun() == nil)
        }
    }

    @Test
    func dryRunThatWasCutOffEndsAsFailed() async throws {
        try await OptimizerFixture.run { fixture in
            let id = try await self.cutOff(fixture, isDryRun: true, pending: [.age], all: [.age])
            let optimizer = fixture.optimizer()
            await optimizer.resume()
            #expect(try optimizer.report(ofRun: id).state == .failed)
            #expect(try optimizer.report(ofRun: id).endedAt != nil)
            #expect(try await optimizer.run(RunRequest([.age])).state == .succeeded)
        }
    }

    @Test
    func documentThatCannotBeReadDoesNotBlockTheNextRun() async throws {
        try await OptimizerFixture.run { fixture in
            let other = try await fixture.catalog.beginRun("garbage", document: "{")
            #expect(other == nil)
            let optimizer = fixture.optimizer()
            await optimizer.resume()
            #expect(try await optimizer.run(RunRequest([.age])).state == .succeeded)
        }
    }

    @Test
    func stopOfTheServiceLeavesTheRunToTheNextStart() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("a", sample(5_000))
            let (isRunning, never) = (Gate(), Gate())
            let encoder = Reencoder { _, _, _, _ in
                isRunning.open()
                try await never.waitOrThrow()
                return .skipped
            }
            let optimizer = fixture.optimizer(reencode: encoder) { $0.schedule.times = nil }
            let service = Task { try await optimizer.run() }
            let started = try await optimizer.start(RunRequest([.compression, .verification]))
            await isRunning.wait()
            service.cancel()
            try await service.value
            #expect(try optimizer.report(ofRun: started.id).state == .running)
            #expect(fixture.resources.metrics().active == 0)
            // No more are taken.
            await #expect(throws: OperationError.self) { _ = try await optimizer.start(RunRequest([.age])) }

            let next = try await Self.reopened(fixture)
            let again = next.optimizer(reencode: Reencoder { _, _, _, _ in .unsuitable })
            await again.resume()
            let report = try again.report(ofRun: started.id)
            #expect(report.state == .succeeded)
            #expect(report[.compression]?.filesExamined == 2)
            #expect(report[.verification]?.filesProcessed == 1)
        }
    }

    /// The same store under a tracker that remembers nothing, as after a start.
    private static func reopened(_ fixture: OptimizerFixture) async throws -> OptimizerFixture {
        let time = fixture.time
        let tracker = ProgressTracker(now: { time.now() })
        return OptimizerFixture(
            path: fixture.path,
            time: time,
            store: fixture.store,
            tracker: tracker,
            resources: ResourceManager(tracker: tracker, logger: quiet)
        )
    }
}
