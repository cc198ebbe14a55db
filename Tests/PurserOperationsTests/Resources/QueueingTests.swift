import PurserIdentifiers
import PurserTestSupport
import Testing

@testable import PurserOperations

@Suite(.timeLimit(.minutes(1))) struct QueueingTests {
    @Test func aWaitEndsAtItsOwnDeadline() async throws {
        let fixture = ManagerFixture()
        let holder = try await fixture.hold()
        let id = OperationID()
        let task = await fixture.queue(id, deadline: .seconds(5))
        fixture.pass(.milliseconds(4_900))
        #expect(fixture.manager.metrics().queued == 1)
        fixture.pass(.milliseconds(100))
        let error = await #expect(throws: OperationError.self) { try await task.value }
        #expect(error?.code == .waitExpired)
        #expect(error?.retryAfter == .seconds(10))
        #expect(fixture.tracker.snapshot(id)?.state == .failed)
        #expect(fixture.manager.metrics().counts.waitExpired == 1)
        holder.finish(.success(()))
    }

    @Test func theServiceEndsWaitsByItself() async throws {
        let fixture = ManagerFixture { $0.queueWaitLimit = .milliseconds(300) }
        let holder = try await fixture.hold()
        let task = await fixture.queue()
        let service = Task { try await fixture.manager.run() }
        for _ in 0..<4 {
            await fixture.clock.waitForSleepers()
            fixture.clock.advance(by: .milliseconds(100))
        }
        await expectError(.waitExpired) { try await task.value }
        service.cancel()
        try await service.value
        holder.finish(.success(()))
    }

    @Test func theGreediestClientIsDisplaced() async throws {
        let fixture = ManagerFixture { $0.queueCapacity = 2 }
        let holder = try await fixture.hold()
        let first = await fixture.queue(client: "greedy")
        let second = await fixture.queue(client: "greedy")
        let modest = Task {
            try await fixture.manager.withSlot(for: .upload, memory: 1, name: "m", client: "modest") { _ in }
        }
        await expectError(.queueFull) { try await second.value }
        holder.finish(.success(()))
        try await first.value
        try await modest.value
        #expect(fixture.manager.metrics().counts.refused == 1)
    }

    @Test func aRefusedOperationMayComeAgainUnderItsID() async throws {
        let fixture = ManagerFixture { $0.queueCapacity = 0 }
        let holder = try await fixture.hold()
        let id = OperationID()
        await expectError(.queueFull) {
            try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a", id: id) { _ in }
        }
        #expect(fixture.tracker.snapshot(id) == nil)
        holder.finish(.success(()))
        try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a", id: id) { _ in }
        #expect(fixture.tracker.snapshot(id)?.state == .succeeded)
        await expectError(.operationExists) {
            try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a", id: id) { _ in }
        }
        #expect(fixture.manager.metrics().active == 0)
    }

    @Test func anExpiredWaitDoesNotBlockItsID() async throws {
        let fixture = ManagerFixture()
        let holder = try await fixture.hold()
        let id = OperationID()
        let task = await fixture.queue(id, deadline: .seconds(1))
        fixture.pass(.seconds(1))
        await expectError(.waitExpired) { try await task.value }
        holder.finish(.success(()))
        try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a", id: id) { _ in }
        #expect(fixture.tracker.snapshot(id)?.state == .succeeded)
    }

    @Test func stoppingRefusesWhatWaitsAndWhatComes() async throws {
        let fixture = ManagerFixture()
        let running = await fixture.start { _ in try await Gate().waitOrThrow() }
        let waiting = await fixture.queue()
        fixture.manager.shutdown()
        await expectError(.shuttingDown) { try await waiting.value }
        await expectError(.shuttingDown) {
            try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a") { _ in }
        }
        #expect(fixture.manager.metrics().active == 1)
        fixture.manager.cancelAll()
        await expectError(.shuttingDown) { try await running.value }
        #expect(fixture.manager.metrics().active == 0)
    }

    @Test func theConfigurationNamesAllThatIsWrong() {
        var configuration = ResourceConfiguration()
        #expect(configuration.problems().isEmpty)
        configuration.maxConcurrentOperations = 0
        configuration.memoryBudget = 1
        configuration.queueCapacity = -1
        configuration.caps[.copy] = 0
        configuration.adaptive.max = 1
        #expect(
            configuration.problems().map(\.key) == [
                "resources.max_concurrent_operations", "resources.memory_budget", "resources.caps.copy",
                "resources.queue.capacity", "resources.adaptive.max",
            ]
        )
        #expect(configuration.problems().first?.got == "0")
    }

    @Test func theLimitFollowsTheDisk() {
        var configuration = AdaptiveLimitConfiguration()
        configuration.isEnabled = true
        var limit = AdaptiveLimit(configuration, initial: 10)
        for _ in 0..<50 {
            limit.record(.milliseconds(5))
            _ = limit.update(active: 64)
        }
        limit.record(.milliseconds(5))
        #expect(limit.update(active: 64) > 40)
        var last = 64
        for _ in 0..<20 {
            limit.record(.milliseconds(100))
            last = limit.update(active: 64)
        }
        #expect(last < 20)
        #expect(last >= 2)
    }
}
