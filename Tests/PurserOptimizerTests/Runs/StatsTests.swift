import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserOptimizer
import PurserStore
import Testing

@Suite(.timeLimit(.minutes(2)))
struct StatsTests {
    @Test
    func figuresAreThoseOfTheStore() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("old", sample(5_000, seed: 1))
            try await fixture.put("old too", sample(5_000, seed: 1))
            try await fixture.put("deleted", sample(700, seed: 2))
            _ = try await fixture.store.delete(bucket: .default, key: FileKey("deleted"))
            fixture.time.advance(by: .seconds(31 * 86_400))
            try await fixture.put("young", sample(3_000, seed: 3))
            let optimizer = fixture.optimizer(reencode: Reencoder { _, _, _, _ in .skipped }) {
                $0.sizeLimit.isEnabled = true
                $0.sizeLimit.maxStorageSize = 17_400
                $0.schedule.times = nil
            }
            let stats = try await optimizer.storageOptimizationStats()
            #expect(stats.totalFiles == 3)
            #expect((stats.logicalBytes, stats.distinctBytes, stats.physicalBytes) == (13_000, 8_000, 8_700))
            #expect(stats.storageUtilizationPercent == 50)
            #expect(stats.spaceSavedBytes == 0)
            #expect(stats.savings.count == 6)
            #expect(stats.lastRun == nil && stats.nextRunAt == nil)
            #expect(stats.candidates[.age] == CandidateFigures(files: 2, bytes: 10_000))
            #expect(stats.candidates[.sizeLimit] == CandidateFigures())
            #expect(stats.candidates[.deduplication] == CandidateFigures(files: 1, bytes: 5_000))
            #expect(stats.candidates[.compression] == CandidateFigures(files: 2, bytes: 8_000))
            #expect(stats.candidates[.collection] == CandidateFigures(files: 1, bytes: 700))
            #expect(stats.candidates[.verification]?.bytes == 267)
            // A look changes nothing.
            #expect(try fixture.keys().count == 3)
            #expect(try optimizer.reports(limit: 1).isEmpty)
            // Without a limit it is the share of the disk that the store takes, whoever else is on it.
            let unlimited = try await fixture.optimizer().storageOptimizationStats()
            let disk = Double(try fixture.store.space().diskBytes)
            #expect(abs(unlimited.storageUtilizationPercent - 8_700 / disk * 100) < 1e-9)
        }
    }

    @Test
    func candidatesOfARunThatEndedAreLookedForAnew() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("old", sample(5_000, seed: 1))
            fixture.time.advance(by: .seconds(31 * 86_400))
            let optimizer = fixture.optimizer()
            #expect(try await optimizer.storageOptimizationStats().candidates[.age]?.files == 1)
            try await optimizer.run(RunRequest([.age]))
            let stats = try await optimizer.storageOptimizationStats()
            #expect(stats.candidates[.age]?.files == 0)
            #expect(stats.lastRun?.filesProcessed == 1)
        }
    }

    /// What the plan counts is what a dry run and the run itself work on.
    @Test
    func planAgreesWithTheRun() async throws {
        try await OptimizerFixture.run { fixture in
            for number in 0..<30 {
                try await fixture.put("\(number)", sample(100 * (number + 1), seed: UInt64(number)))
                fixture.time.advance(by: .seconds(86_400))
            }
            let optimizer = fixture.optimizer {
                $0.age.maxFileAge = .seconds(20 * 86_400)
                $0.sizeLimit.maxStorageSize = 20_000
                $0.sizeLimit.order = .largest
            }
            for strategy in [StrategyName.age, .sizeLimit] {
                let plan = try await optimizer.plan([strategy])
                let forecast = try await optimizer.run(RunRequest([strategy], isDryRun: true))
                let report = try await optimizer.run(RunRequest([strategy]))
                let name = strategy.rawValue
                #expect(plan[strategy]?.files == report[strategy]?.filesProcessed, "\(name)")
                #expect(plan[strategy]?.bytes == report[strategy]?.bytesBefore, "\(name)")
                #expect(forecast[strategy]?.filesProcessed == report[strategy]?.filesProcessed, "\(name)")
                #expect(forecast[strategy]?.spaceSavedBytes == report[strategy]?.spaceSavedBytes, "\(name)")
                #expect(report.filesProcessed > 0, "\(name)")
            }
        }
    }
}
