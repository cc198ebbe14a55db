import Logging
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserMonitor

@Suite(.timeLimit(.minutes(1))) struct MachineWatchTests {
    @Test func itLooksAtOnceAndThenAtEveryInterval() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try MachineFixture(root: folder)
            let watch = MachineWatch(fixture.probe(), interval: .seconds(5), clock: fixture.clock)
            let (looks, continuation) = AsyncStream.makeStream(of: MachineFigures.self)
            let task = Task { await watch.run { continuation.yield($0) } }
            var iterator = looks.makeAsyncIterator()
            #expect(await iterator.next()?.cpu.process == nil)
            await fixture.clock.waitForSleepers()
            try fixture.write(["proc/self/stat": MachineFixture.stat("purser", user: 300, system: 100)])
            fixture.clock.advance(by: .seconds(5))
            #expect(await iterator.next()?.cpu.process == 20)
            task.cancel()
            await task.value
        }
    }

    @Test func aDelayIsTheTimeSinceItWasDue() {
        var probe = DelayProbe(interval: .milliseconds(100), at: .zero)
        // In time, late, and early by a little, which is not late.
        let runs = [100, 750, 849].map { probe.ran(at: .milliseconds($0)) }
        #expect(runs.map(\.delay) == [.zero, .milliseconds(550), .zero])
        #expect(runs.map(\.next) == [.milliseconds(200), .milliseconds(850), .milliseconds(949)])
    }
}
