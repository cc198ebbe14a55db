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
        all: [StrategyName],
        _ change: (inout RunDocument) -> Void = { _ in }
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
        var document = RunDocument(report: report, pending: pending)
        document.removals = [:]
        change(&document)
        let text = try document.text()
        #expect(try await fixture.catalog.beginRun(id, document: text) == nil)
        return id
    }

    /// Removes a file as a strategy of a run does, without its report hearing of it.
    private func remove(_ key: String, _ strategy: StrategyName, run: String, _ fixture: OptimizerFixture) async throws
    {
        let files = try fixture.catalog.filesByModification(before: .distantFuture, after: nil, limit: 100).files
        let file = try #require(files.first { $0.key.text == key })
        _ = try await fixture.store.remove(
            [FileRemoval(file, reason: "x")],
            run: run,
            strategy: strategy.rawValue,
            isByUse: false
        )
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
            try await self.remove("older", .age, run: id, fixture)
            let optimizer = fixture.optimizer()
            await optimizer.resume()
            let report = try optimizer.report(ofRun: id)
            #expect(report.state == .succeeded)
            #expect(report[.age]?.filesProcessed == 2)
            #expect(report[.age]?.filesExamined == 2)
            #expect(report[.age]?.spaceSavedBytes == 6_000)
            #expect(report[.deduplication]?.filesExamined == 0)
            #expect(fixture.tracker.list(kind: .optimize, limit: 9).snapshots.map(\.id.description) == [id])
            #expect(try fixture.catalog.runningRun() == nil)
        }
    }

    /// What is looked at again after a crash is not counted again, nor what failed then.
    @Test
    func filesThatStayAreCountedOnce() async throws {
        try await OptimizerFixture.run { fixture in
            for number in 0..<3 { try await fixture.put("old-\(number)", sample(1_000, seed: UInt64(number))) }
            for number in 0..<2 {
                try await fixture.put("pinned-\(number)", sample(10, seed: UInt64(number)), metadata: ["pin": "true"])
            }
            fixture.time.advance(by: .seconds(40 * 86_400))
            let id = try await self.cutOff(fixture, pending: [.age], all: [.age]) { document in
                var age = StrategyReport()
                (age.filesExamined, age.filesProcessed, age.spaceSavedBytes, age.bytesBefore) = (5, 1, 1_000, 1_000)
                age.errors = ["internal": 2]
                document.report.strategies["age"] = age
                document.removals = ["age": RemovalFigures(files: 1, released: 1_000)]
            }
            // The report has heard of one of them.
            for number in 0..<2 { try await self.remove("old-\(number)", .age, run: id, fixture) }
            let optimizer = fixture.optimizer()
            await optimizer.resume()
            let report = try #require(try optimizer.report(ofRun: id)[.age])
            #expect(report.filesProcessed == 3 && report.filesExamined == 5)
            #expect(report.spaceSavedBytes == 3_000 && report.bytesBefore == 3_000 && report.bytesAfter == 0)
            #expect(report.errors.isEmpty)
        }
    }

    /// A strategy that removes files and does other work too.
    @Test
    func removalsAreCountedBesideOtherWork() async throws {
        try await OptimizerFixture.run { fixture in
            for name in ["a", "b", "c"] { try await fixture.put(name, sample(5_000, seed: 1)) }
            let id = try await self.cutOff(fixture, pending: [.deduplication], all: [.deduplication]) { document in
                var report = StrategyReport()
                // Two bytes without a row, and a name.
                (report.filesProcessed, report.spaceSavedBytes, report.bytesBefore) = (3, 700, 5_700)
                report.bytesAfter = 5_000
                document.report.strategies["deduplication"] = report
                document.removals = ["deduplication": RemovalFigures(files: 1, released: 0)]
                document.positions["deduplication"] = "256"
            }
            for name in ["a", "b"] { try await self.remove(name, .deduplication, run: id, fixture) }
            let optimizer = fixture.optimizer()
            await optimizer.resume()
            let report = try #require(try optimizer.report(ofRun: id)[.deduplication])
            #expect(report.filesProcessed == 4 && report.spaceSavedBytes == 700)
            #expect(report.bytesBefore == 5_700 && report.bytesAfter == 5_000)
        }
    }

    @Test
    func compressionGoesOnBehindWhatItHasCounted() async throws {
        try await OptimizerFixture.run { fixture in
            for number in 0..<4 { try await fixture.put("\(number)", sample(5_000, seed: UInt64(number))) }
            let (isRunning, never) = (Gate(), Gate())
            let third = try #require(try fixture.catalog.blob(row: 3)).record.id
            let encoder = Reencoder { blob, _, _, _ in
                guard blob.id == third else { return .unsuitable }
                isRunning.open()
                try await never.waitOrThrow()
                return .skipped
            }
            let optimizer = fixture.optimizer(reencode: encoder) { $0.schedule.times = nil }
            let service = Task { try await optimizer.run() }
            let started = try await optimizer.start(RunRequest([.compression]))
            await isRunning.wait()
            service.cancel()
            try await service.value
            #expect(try optimizer.report(ofRun: started.id)[.compression]?.filesExamined == 2)
            let again = try await Self.reopened(fixture).optimizer(reencode: Reencoder { _, _, _, _ in .unsuitable })
            await again.resume()
            #expect(try again.report(ofRun: started.id)[.compression]?.filesExamined == 4)
        }
    }

    /// Folders are asked after a restart too; what only the process knew is lost, which is told where it matters.
    @Test(arguments: [true, false])
    func sourcesOfARepairOutliveARestartWhereTheyCan(_ isInFolder: Bool) async throws {
        try await OptimizerFixture.run { fixture in
            let content = sample(5_000, seed: 1)
            let blob = try await fixture.put("a", content).blob
            let folder = fixture.path.removingLastComponent().appending("backup")
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            let copy = isInFolder ? content : sample(5_000, seed: 2)
            try Data(copy.readableBytesView).write(to: URL(filePath: folder.appending("copy").string))
            try fixture.flip(blob)
            let (isAsked, never) = (Gate(), Gate())
            var request = RunRequest([.verification])
            request.verifiesAll = true
            request.repairSources = [
                RepairSource(name: "another") { _ in
                    isAsked.open()
                    try await never.waitOrThrow()
                    return []
                },
                .folder(folder), .store(fixture.path),
            ]
            let optimizer = fixture.optimizer { $0.schedule.times = nil }
            let service = Task { try await optimizer.run() }
            let started = try await optimizer.start(request)
            await isAsked.wait()
            service.cancel()
            try await service.value

            let again = try await Self.reopened(fixture).optimizer()
            await again.resume()
            let report = try again.report(ofRun: started.id)
            #expect(report.state == (isInFolder ? .succeeded : .failed))
            #expect(report[.verification]?.failure == (isInFolder ? nil : "sources_lost"))
            #expect(report[.verification]?.findings["healed"] == (isInFolder ? 1 : nil))
            #expect(try fixture.catalog.blob(blob)?.isDamaged == !isInFolder)
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
            #expect(report[.compression]?.filesExamined == 1)
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
