import PurserProcessing
import Testing

struct RetryPolicyTests {
    @Test(
        arguments: [
            (1, 0.5, 1_000), (2, 0.5, 2_000), (3, 0.5, 4_000), (4, 0.5, 5_000), (1_000_000, 0.5, 5_000), (1, 0, 800),
            (1, 1, 1_200), (3, 1, 4_800),
        ] as [(Int, Double, Int)]
    )
    func pausesGrowUpToALimitAndAreMoved(_ attempt: Int, _ random: Double, _ milliseconds: Int) {
        let policy = RetryPolicy(attempts: 9, delay: .seconds(1), factor: 2, maxDelay: .seconds(5), jitter: 0.2)
        let pause = policy.pause(after: attempt, random: random)
        #expect(abs((pause - .milliseconds(milliseconds)) / .milliseconds(1)) < 0.001)
    }
}
