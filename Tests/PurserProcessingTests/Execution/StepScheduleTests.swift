import PurserTestSupport
import Testing

@testable import PurserProcessing

struct StepScheduleTests {
    /// Random graphs: each step runs once, after all that it needs, and never more than may run together.
    @Test(arguments: 0..<60)
    func stepsRunOnceAfterWhatTheyNeed(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...24, using: &random)
        let limit = Int.random(in: 1...4, using: &random)
        let density = Double.random(in: 0...0.6, using: &random)
        let needs = (0..<count).map { step in
            (0..<step).filter { _ in Double.random(in: 0...1, using: &random) < density }
        }
        var schedule = StepSchedule(needs: needs, limit: limit)
        var ended: Set<Int> = []
        var begun: Set<Int> = []
        var running: [Int] = []
        while !schedule.isDone {
            let taken = schedule.takeReady()
            for step in taken {
                #expect(begun.insert(step).inserted, "seed \(seed): step \(step) began twice")
                #expect(ended.isSuperset(of: needs[step]), "seed \(seed): step \(step) began too early")
            }
            running += taken
            #expect(running.count <= limit)
            let waiting = Set(0..<count).subtracting(begun).filter { ended.isSuperset(of: needs[$0]) }
            #expect(waiting.isEmpty || running.count == limit, "seed \(seed): \(waiting) could have begun")
            let next = try #require(running.indices.randomElement(using: &random), "seed \(seed): nothing runs")
            let step = running.remove(at: next)
            ended.insert(step)
            schedule.end(step)
        }
        #expect(ended.count == count)
    }
}
