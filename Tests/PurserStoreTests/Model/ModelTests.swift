import PurserCatalog
import PurserStore
import Testing

/// Random histories with faults and crashes, against a dictionary.
@Suite(.timeLimit(.minutes(5)))
struct ModelTests {
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func storeIsAsTheModelWhateverHappens(_ seed: UInt64) async throws {
        try await withStoreFolder(canLosePower: true, { $0.collectGrace = .zero }) { folder in
            var run = try await ModelRun(seed: seed, in: folder)
            try await run.run(steps: 450)
            let figures = run.figures
            try #require(figures.faults > 10 && figures.crashes > 10 && figures.poisonings > 0, "seed \(seed)")
            try #require(figures.deduplicated > 10 && figures.collected > 10, "seed \(seed)")
        }
    }
}
