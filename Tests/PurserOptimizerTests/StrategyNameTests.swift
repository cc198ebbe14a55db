import PurserOptimizer
import Testing

@Suite
struct StrategyNameTests {
    @Test
    func namesAreThoseOfTheSettings() {
        #expect(
            StrategyName.allCases.map(\.rawValue) == [
                "age", "size_limit", "deduplication", "compression", "collection", "verification",
            ]
        )
    }
}
