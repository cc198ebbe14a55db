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

@Suite(.timeLimit(.minutes(2)))
struct RunTests {
    @Test
    func runShowsAsAnOperationWithSteps() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("a", sample(5_000))
            let seen = Mutex<RunReport?>(nil)
            let report = try await fixture.optimizer().run(RunRequest([.collection, .verification])) { started in
                seen.withLock { $0 = started }
            }
            #expect(seen.withLock { $0 }?.state == .running)
            #expect(seen.withLock { $0 }?.id == report.id)
            let operation = try #require(fixture.tracker.list(kind: .optimize, limit: 10).snapshots.first)
            #expect(operation.id.description == report.operationID)
            #expect(operation.state == .succeeded)
            #expect(operation.progress.stepCount == 2)
            #expect(operation.progress.fraction == 1)
            // The pieces are counted, and hide.
            #expect(fixture.tracker.list(kind: .optimize, limit: 10).snapshots.count == 1)
            #expect(fixture.resources.metrics().kinds[.optimize]?.counts.granted == 2)
            #expect(fixture.resources.metrics().active == 0)
            let optimizer = fixture.optimizer()
            #expect(try optimizer.report(ofRun: report.id) == report)
            #expect(try optimizer.reports(limit: 5) == [report])
            #expect(report.endedAt != nil)
            #expect(fixture.events.all == [.runEnded(report)])
        }
    }

    /// A codec that waits until a test lets it go on.
    private func gated(_ isRunning: Gate, _ mayGoOn: Gate) -> Reencoder {
        Reencoder { _, _, _, throttle in
            isRunning.open()
            try await mayGoOn.waitOrThrow()
            try await throttle(1)
            return .skipped
        }
    }

    #if !canImport(Darwin)
    @Test
    func runsStayOnTheThreadThatGivesWay() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("a", sample(5_000))
            try await fixture.put("b", sample(6_000))
            let threads = Mutex<[String]>([])
            let store = fixture.store
            let reencoder = Reencoder { _, _, _, throttle in
                threads.withLock { $0.append(Self.threadName()) }
                try await throttle(1)
                let onDisk = try await store.onDiskThreads { Self.threadName() }
                threads.withLock { $0 += [Self.threadName(), onDisk] }
                return .skipped
            }
            let before = try await store.onDiskThreads { Self.threadName() }
            #expect(before.hasPrefix("purser-disk-") && before != "purser-disk-b0")
            _ = try await fixture.optimizer(reencode: reencoder).run(RunRequest([.compression]))
            // What others may wait for does not, and comes back.
            let names = threads.withLock { $0 }
            #expect(names.count == 6)
            for (number, name) in names.enumerated() {
                #expect((name == "purser-disk-b0") == (number % 3 != 2), "\(number): \(name)")
            }
        }
    }

    /// As the system knows it.
    nonisolated private static func threadName() -> String {
        let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        return name?.trimmingCharacters(in: .newlines) ?? "a thread without a name"
    }
    #endif

    @Test
    func thereIsOneRunAtATime() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("a", sample(5_000))
            let (isRunning, mayGoOn) = (Gate(), Gate())
            let optimizer = fixture.optimizer(reencode: self.gated(isRunning, mayGoOn))
            let first = Task { try await optimizer.run(RunRequest([.compression])) }
            await isRunning.wait()
            let error = await optimizerError { try await optimizer.run(RunRequest([.age])) }
            #expect(error?.code == .runInProgress)
            // Another optimizer of the same store is told the same.
            let second = await optimizerError { try await fixture.optimizer().run(RunRequest([.age])) }
            #expect(second?.code == .runInProgress)
            mayGoOn.open()
            let report = try await first.value
            #expect(error?.run == report.id && second?.run == report.id)
            #expect(try await optimizer.run(RunRequest([.age])).state == .succeeded)
        }
    }

    @Test(arguments: ["operation", "task"])
    func cancelledRunStopsAndSaysSo(_ who: String) async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("a", sample(5_000))
            let (isRunning, never) = (Gate(), Gate())
            let optimizer = fixture.optimizer(reencode: self.gated(isRunning, never))
            let run = Task { try await optimizer.run(RunRequest([.compression, .verification])) }
            await isRunning.wait()
            if who == "task" {
                run.cancel()
            } else {
                let id = try #require(fixture.tracker.list(kind: .optimize, limit: 1).snapshots.first?.id)
                try fixture.tracker.cancel(id)
            }
            let report = try await run.value
            #expect(report.state == .cancelled)
            #expect(report[.verification]?.filesExamined == 0)
            #expect(fixture.tracker.list(kind: .optimize, limit: 1).snapshots.first?.state == .cancelled)
            #expect(fixture.resources.metrics().active == 0)
            #expect(try optimizer.reports(limit: 1).first?.state == .cancelled)
            #expect(try await optimizer.run(RunRequest([.age])).state == .succeeded)
        }
    }

    @Test
    func failedStrategyEndsItselfAndNotTheOthers() async throws {
        struct Broken: OperationFailure {
            var failureCode: String { "broken" }
            var failureMessage: String { "broken" }
        }
        try await OptimizerFixture.run { fixture in
            try await fixture.put("a", sample(5_000, seed: 1))
            try await fixture.put("b", sample(5_000, seed: 2))
            let optimizer = fixture.optimizer(reencode: Reencoder { _, _, _, _ in throw Broken() })
            let report = try await optimizer.run(RunRequest([.compression, .verification]))
            // An error with one content is counted; the strategy goes on.
            #expect(report.state == .succeeded)
            #expect(report[.compression]?.errors == ["broken": 2])
            #expect(report[.verification]?.filesExamined == 1)
        }
    }

    @Test
    func operationGetsTheIDAskedForUnlessItIsTaken() async throws {
        try await OptimizerFixture.run { fixture in
            let id = OperationID(UUID())
            var request = RunRequest([.age])
            request.id = id
            let optimizer = fixture.optimizer()
            let report = try await optimizer.run(request)
            #expect(report.operationID == id.description && report.id != report.operationID)
            #expect(fixture.tracker.operation(id)?.state == .succeeded)
            let again = request
            await #expect(throws: OperationError.self) { try await optimizer.run(again) }
            // The refusal has left nothing that is in the way.
            #expect(try optimizer.reports(limit: 9) == [report])
            let next = try await optimizer.run(RunRequest([.age]))
            #expect(next.state == .succeeded)
        }
    }

    @Test
    func withoutACodecCompressionIsRefused() async throws {
        try await OptimizerFixture.run { fixture in
            let error = await optimizerError { try await fixture.optimizer().run(RunRequest([.compression])) }
            #expect(error?.code == .strategyUnavailable)
            // Where nobody named it, it is left out.
            let report = try await fixture.optimizer().run(RunRequest())
            #expect(report.strategies.keys.sorted() == ["collection", "deduplication", "verification"])
        }
    }

    @Test
    func savingsAddUpAndEachByteCountsOnce() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("old", sample(5_000, seed: 1))
            try await fixture.put("kept", sample(6_000, seed: 2))
            try await fixture.put("deleted", sample(7_000, seed: 3))
            _ = try await fixture.store.delete(bucket: .default, key: FileKey("deleted"))
            fixture.time.advance(by: .seconds(31 * 86_400))
            try await fixture.put("kept", sample(6_000, seed: 2))
            let optimizer = fixture.optimizer {
                $0.sizeLimit.isEnabled = true
                $0.sizeLimit.maxStorageSize = 100
            }
            let forecast = try await optimizer.run(RunRequest([.age, .sizeLimit, .collection], isDryRun: true))
            #expect(try fixture.keys() == ["kept", "old"])
            let report = try await optimizer.run(RunRequest([.age, .sizeLimit, .collection]))
            #expect(report.spaceSavedBytes == 18_000)
            #expect(forecast.spaceSavedBytes == report.spaceSavedBytes)
            #expect(report[.age]?.spaceSavedBytes == 5_000)
            #expect(report[.sizeLimit]?.spaceSavedBytes == 6_000)
            #expect(report[.collection]?.spaceSavedBytes == 7_000)
            fixture.time.advance(by: .seconds(60))
            // The bytes of the files removed go now, and were counted then.
            let later = try await optimizer.run(RunRequest([.collection]))
            #expect(later.spaceSavedBytes == 0)
            #expect(try fixture.catalog.totals().physicalBytes == 0)
            #expect(try fixture.blobFiles().isEmpty)
            let stats = try await optimizer.storageOptimizationStats()
            #expect(stats.spaceSavedBytes == 18_000)
            #expect(stats.savings[.collection] == 7_000)
            #expect(stats.lastRun == later)
        }
    }

    @Test
    func reportsAreForgottenOneDayAndTheirSavingsAreNot() async throws {
        try await OptimizerFixture.run { fixture in
            let optimizer = fixture.optimizer { $0.keptRuns = 3 }
            for number in 0..<5 {
                try await fixture.put("a", sample(1_000, seed: UInt64(number)))
                fixture.time.advance(by: .seconds(31 * 86_400))
                try await optimizer.run(RunRequest([.age]))
            }
            #expect(try optimizer.reports(limit: 10).count == 3)
            #expect(try await optimizer.storageOptimizationStats().spaceSavedBytes == 5_000)
        }
    }
}
