import PurserCatalog
import PurserOptimizer
import PurserStore
import Testing

/// Random histories with faults and crashes, against a dictionary.
@Suite(.timeLimit(.minutes(5)))
struct ModelTests {
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func storeIsAsTheModelWhateverHappens(_ seed: UInt64) async throws {
        try await withStoreFolder(canLosePower: true, { $0.collectGrace = .zero }) { folder in
            var run = try await ModelRun(seed: seed, in: folder)
            try await run.run(steps: 400)
            let figures = run.figures
            // Else it proved less than it seems to.
            #expect(figures.faults > 10 && figures.crashes > 5 && figures.poisonings > 0, "seed \(seed), \(figures)")
            #expect(figures.reencoded > 3, "seed \(seed), \(figures)")
            #expect(figures.deduplicated > 3 && figures.collected > 10, "seed \(seed), \(figures)")
            #expect(
                figures.runs > 10 && figures.removedByRuns > 5 && figures.mended > 3 && figures.resumed > 0,
                "seed \(seed), \(figures)"
            )
            for strategy in [StrategyName.age, .sizeLimit, .compression, .collection] {
                #expect(figures.savedByRuns[strategy, default: 0] > 0, "seed \(seed), \(figures)")
            }
        }
    }
}
