import SystemPackage
import Synchronization
import PurserBlobs
import NIOCore
import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Testing

@testable import PurserOptimizer

@Suite(.timeLimit(.minutes(1)))
struct RunTimesTests {
    private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    private var schedule: RunSchedule {
        var schedule = RunSchedule()
        schedule.timeZone = .gmt
        return schedule
    }

    @Test
    func turnComesOnceAndIsMovedByTheJitter() throws {
        var times = RunTimes(lastDue: try self.date("2026-05-01T03:00:00Z"), position: -1)
        #expect(times.next(self.schedule) == (try self.date("2026-05-02T02:30:00Z")))
        let early = times.takeTurn(self.schedule, at: try self.date("2026-05-02T02:29:59Z"), random: 1)
        #expect(!early)
        let due = times.takeTurn(self.schedule, at: try self.date("2026-05-02T02:30:00Z"), random: 1)
        #expect(due)
        // Half an hour before three: that was the time of three o'clock.
        #expect(times.next(self.schedule) == (try self.date("2026-05-03T03:30:00Z")))
        let again = times.takeTurn(self.schedule, at: try self.date("2026-05-02T03:10:00Z"), random: 0)
        #expect(!again)
    }

    @Test
    func whatWasMissedIsCaughtUpOnOnce() throws {
        var times = RunTimes(lastDue: try self.date("2026-05-01T03:00:00Z"))
        let now = try self.date("2026-05-20T12:00:00Z")
        let first = times.takeTurn(self.schedule, at: now, random: 0)
        let second = times.takeTurn(self.schedule, at: now, random: 0)
        #expect(first && !second)
        #expect(times.next(self.schedule) == (try self.date("2026-05-21T03:00:00Z")))
    }

    @Test
    func scheduleGoesOnAfterARestart() async throws {
        try await OptimizerFixture.run { fixture in
            let first = fixture.optimizer { $0.schedule.times = .interval(.seconds(3_600)) }
            first.begin()
            #expect(first.nextRunAt == fixture.time.now() + 3_600)
            fixture.time.advance(by: .seconds(3_600))
            await first.tick()
            let started = try #require(first.inbox.withLock { $0.take() })
            let report = try await first.finish(started, onCancel: .shutdown)
            #expect(report.trigger == .schedule && report.state == .succeeded)
            // Down for a while: the next start is due at once, and once.
            fixture.time.advance(by: .seconds(9_000))
            let second = fixture.optimizer { $0.schedule.times = .interval(.seconds(3_600)) }
            second.begin()
            #expect(second.nextRunAt.map { $0 < fixture.time.now() } == true)
            await second.tick()
            let caughtUp = try #require(second.inbox.withLock { $0.take() })
            _ = try await second.finish(caughtUp, onCancel: .shutdown)
            await second.tick()
            #expect(second.inbox.withLock { $0.take() } == nil)
            let stats = try await second.storageOptimizationStats()
            #expect(stats.nextRunAt == second.nextRunAt)
        }
    }

    /// A dry run or a look at everything is not the daily run.
    @Test
    func turnIsKeptWhileAnotherRunIsUnderWay() async throws {
        try await OptimizerFixture.run { fixture in
            let optimizer = fixture.optimizer { $0.schedule.times = .interval(.seconds(3_600)) }
            optimizer.begin()
            _ = try await optimizer.start(RunRequest([.verification], isDryRun: true))
            let other = try #require(optimizer.inbox.withLock { $0.take() })
            fixture.time.advance(by: .seconds(3_600))
            await optimizer.tick()
            #expect(optimizer.inbox.withLock { $0.take() } == nil)
            _ = try await optimizer.finish(other, onCancel: .shutdown)
            await optimizer.tick()
            let due = try #require(optimizer.inbox.withLock { $0.take() })
            #expect(try await optimizer.finish(due, onCancel: .shutdown).trigger == .schedule)
            await optimizer.tick()
            #expect(optimizer.inbox.withLock { $0.take() } == nil)
        }
    }

    @Test
    func bytesStoredStartARun() async throws {
        try await OptimizerFixture.run { fixture in
            let optimizer = fixture.optimizer {
                $0.schedule.times = nil
                $0.schedule.afterIngest = 10_000
            }
            optimizer.begin()
            try await fixture.put("a", sample(9_000, seed: 1))
            await optimizer.tick()
            #expect(optimizer.inbox.withLock { $0.take() } == nil)
            try await fixture.put("b", sample(1_000, seed: 2))
            await optimizer.tick()
            let started = try #require(optimizer.inbox.withLock { $0.take() })
            #expect(try await optimizer.finish(started, onCancel: .shutdown).trigger == .ingest)
            await optimizer.tick()
            #expect(optimizer.inbox.withLock { $0.take() } == nil)
        }
    }

    /// Nobody loses files by starting a service: whatever makes a run start by itself.
    @Test
    func runThatStartsByItselfRemovesNoFiles() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("old", sample(5_000))
            let optimizer = fixture.optimizer { $0.schedule.times = .interval(.seconds(86_400)) }
            optimizer.begin()
            fixture.time.advance(by: .seconds(400 * 86_400))
            await optimizer.tick()
            let started = try #require(optimizer.inbox.withLock { $0.take() })
            let report = try await optimizer.finish(started, onCancel: .shutdown)
            #expect(report.trigger == .schedule && report.state == .succeeded)
            #expect(report[.age] == nil && report[.sizeLimit] == nil && report[.verification] != nil)
            #expect(try fixture.keys() == ["old"])
            // Switched on, it is part of the same run.
            let asked = fixture.optimizer {
                $0.age.isEnabled = true
                $0.schedule.times = .interval(.seconds(86_400))
            }
            asked.begin()
            fixture.time.advance(by: .seconds(2 * 86_400))
            await asked.tick()
            let second = try #require(asked.inbox.withLock { $0.take() })
            #expect(try await asked.finish(second, onCancel: .shutdown)[.age]?.filesProcessed == 1)
            #expect(try fixture.keys().isEmpty)
        }
    }

    @Test
    func fullStoreIsToldAndStartsARun() async throws {
        try await OptimizerFixture.run { fixture in
            let optimizer = fixture.optimizer {
                $0.schedule.times = nil
                $0.age.isEnabled = false
                $0.sizeLimit.isEnabled = true
                $0.sizeLimit.maxStorageSize = 10_000
                $0.sizeLimit.lowMark = 9_999
                $0.space = SpacePolicy()
            }
            optimizer.begin()
            try await fixture.put("a", sample(8_000, seed: 1))
            await optimizer.tick()
            #expect(fixture.events.all == [.spaceLevel(.warning, used: 8_000, of: 10_000)])
            try await fixture.put("b", sample(1_000, seed: 2))
            await optimizer.tick()
            let started = try #require(optimizer.inbox.withLock { $0.take() })
            #expect(started.journal.document.report.trigger == .lowSpace)
            _ = try await optimizer.finish(started, onCancel: .shutdown)
            // It stays full: within the hour that starts no other run, and is not told again.
            await optimizer.tick()
            #expect(optimizer.inbox.withLock { $0.take() } == nil)
            let levels = fixture.events.all.compactMap { event in
                if case .spaceLevel(let level, _, _) = event { level } else { nil }
            }
            #expect(levels == [.warning, .critical])
            fixture.time.advance(by: .seconds(3_600))
            await optimizer.tick()
            let next = try #require(optimizer.inbox.withLock { $0.take() })
            _ = try await optimizer.finish(next, onCancel: .shutdown)
        }
    }

    @Test
    func serviceDoesWhatIsStarted() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("a", sample(5_000))
            let optimizer = fixture.optimizer { $0.schedule.times = nil }
            let service = Task { try await optimizer.run() }
            let started = try await optimizer.start(RunRequest([.verification]))
            #expect(started.state == .running)
            let operation = try #require(fixture.tracker.operation(try OperationID(started.id)))
            for await _ in operation.updates {}
            #expect(try optimizer.report(ofRun: started.id).state == .succeeded)
            service.cancel()
            try await service.value
        }
    }
}

@Suite
struct SpaceWatchTests {
    @Test
    func levelChangesOnceAndDoesNotFlutter() {
        var watch = SpaceWatch(SpacePolicy())
        let steps: [(Double, SpaceLevel?)] = [
            (50, nil), (79.9, nil), (80, .warning), (79, nil), (78.1, nil), (77.9, .ok), (95, .critical), (89, nil),
            (87, .warning), (10, .ok),
        ]
        for (percent, change) in steps {
            let got = watch.update(percent)
            #expect(got == change, "at \(percent) %")
        }
    }
}
