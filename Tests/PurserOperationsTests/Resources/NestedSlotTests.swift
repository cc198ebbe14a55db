import PurserIdentifiers
import PurserTestSupport
import Testing

@testable import PurserOperations

/// What is asked for within an operation runs in its slot.
@Suite(.timeLimit(.minutes(1))) struct NestedSlotTests {
    @Test func itNeedsNoSlotOfItsOwn() async throws {
        let fixture = ManagerFixture(slots: 1)
        let manager = fixture.manager
        let id = OperationID()
        try await manager.withSlot(for: .custom, memory: 5, name: "outer") { _ in
            try await manager.withSlot(for: .upload, memory: 7, name: "inner", deadline: .zero, id: id) { _ in
                try await manager.withSlot(for: .copy, memory: 2, name: "innermost", deadline: .zero) { slot in
                    #expect(slot.operation.state == .running)
                    #expect(manager.metrics().active == 1)
                    #expect(manager.metrics().memoryReserved == 14)
                }
            }
            #expect(fixture.tracker.snapshot(id)?.state == .succeeded)
            #expect(manager.metrics().active == 1)
            #expect(manager.metrics().memoryReserved == 5)
        }
        let metrics = manager.metrics()
        #expect(metrics.active == 0 && metrics.memoryReserved == 0)
        #expect(metrics.kinds[.upload]?.counts.granted == 1)
        #expect(metrics.kinds[.upload]?.hold.count == 1)
    }

    @Test func itDoesNotPassThoseWhoWaitForTheSlot() async throws {
        let fixture = ManagerFixture(slots: 1)
        let manager = fixture.manager
        let mayGoOn = Gate()
        let outer = await fixture.start { _ in
            await mayGoOn.wait()
            try await manager.withSlot(for: .upload, memory: 1, name: "inner") { _ in }
        }
        let waiter = await fixture.queue()
        mayGoOn.open()
        try await outer.value
        try await waiter.value
        #expect(manager.metrics().activeHighWater == 1)
    }

    @Test func withoutMemoryItIsRefusedAtOnce() async throws {
        let fixture = ManagerFixture(slots: 2) { $0.memoryBudget = 100 }
        let manager = fixture.manager
        try await manager.withSlot(for: .custom, memory: 90, name: "outer") { _ in
            await expectError(.memoryUnavailable) {
                try await manager.withSlot(for: .upload, memory: 11, name: "inner") { _ in }
            }
            await expectError(.tooLargeForBudget) {
                try await manager.withSlot(for: .upload, memory: 101, name: "inner") { _ in }
            }
            try await manager.withSlot(for: .upload, memory: 10, name: "inner") { _ in }
        }
        #expect(manager.metrics().memoryReserved == 0)
    }

    @Test func itsProgressCountsForBoth() async throws {
        let fixture = ManagerFixture { $0.operationTimeout = .seconds(60) }
        let manager = fixture.manager
        let (outerID, innerID, isRunning) = (OperationID(), OperationID(), Gate())
        let outer = await fixture.start(outerID) { _ in
            try await manager.withSlot(for: .upload, memory: 1, name: "inner", id: innerID) { _ in
                isRunning.open()
                try await Gate().waitOrThrow()
            }
        }
        await isRunning.wait()
        let inner = try #require(fixture.tracker.operation(innerID))
        for _ in 0..<3 {
            fixture.pass(.seconds(59))
            inner.advance(bytes: 1)
            fixture.pass(.seconds(1))
        }
        #expect(fixture.tracker.operation(outerID)?.cancellationReason == nil)
        fixture.pass(.seconds(60))
        #expect(fixture.tracker.operation(outerID)?.cancellationReason == .timedOut)
        await expectError(.operationTimedOut) { try await outer.value }
        #expect(inner.state.isFinal)
        #expect(manager.metrics().active == 0)
    }

    @Test func manyShortOnesAreProgressToo() async throws {
        let fixture = ManagerFixture { $0.operationTimeout = .seconds(60) }
        let manager = fixture.manager
        try await manager.withSlot(for: .custom, memory: 1, name: "outer") { slot in
            for _ in 0..<3 {
                fixture.pass(.seconds(40))
                try await manager.withSlot(for: .copy, memory: 1, name: "inner") { _ in }
            }
            try slot.operation.checkCancellation()
        }
    }

    @Test func whileStoppingItStillRuns() async throws {
        let fixture = ManagerFixture()
        let manager = fixture.manager
        let hasRun = Gate()
        try await manager.withSlot(for: .custom, memory: 1, name: "outer") { _ in
            manager.shutdown()
            try await manager.withSlot(for: .upload, memory: 1, name: "inner") { _ in hasRun.open() }
        }
        #expect(hasRun.isOpen)
        await expectError(.shuttingDown) {
            try await manager.withSlot(for: .upload, memory: 1, name: "later") { _ in }
        }
    }

    @Test func cancellingTheOuterCancelsTheInner() async throws {
        let fixture = ManagerFixture()
        let manager = fixture.manager
        let (outerID, innerID, isRunning) = (OperationID(), OperationID(), Gate())
        let outer = await fixture.start(outerID) { _ in
            try await manager.withSlot(for: .upload, memory: 1, name: "inner", id: innerID) { _ in
                isRunning.open()
                try await Gate().waitOrThrow()
            }
        }
        await isRunning.wait()
        try fixture.tracker.cancel(outerID)
        await expectError(.operationCancelled) { try await outer.value }
        #expect(fixture.tracker.snapshot(innerID)?.state == .cancelled)
        #expect(manager.metrics().active == 0 && manager.metrics().memoryReserved == 0)
    }

    @Test func aTaskThatOutlivesItsOperationWaitsLikeAnyOther() async throws {
        let fixture = ManagerFixture(slots: 1)
        let manager = fixture.manager
        let hasEnded = Gate()
        let straggler = try await manager.withSlot(for: .custom, memory: 1, name: "outer") { _ in
            Task {
                await hasEnded.wait()
                try await manager.withSlot(for: .upload, memory: 1, name: "late", deadline: .zero) { _ in }
            }
        }
        let holder = try await fixture.hold()
        hasEnded.open()
        await expectError(.waitExpired) { try await straggler.value }
        holder.finish(.success(()))
    }

    @Test func whatOutlivesItsOperationKeepsTheSlot() async throws {
        let fixture = ManagerFixture(slots: 1)
        let manager = fixture.manager
        let gates = (0..<2).map { _ in (isRunning: Gate(), mayEnd: Gate()) }
        let stragglers = try await manager.withSlot(for: .custom, memory: 5, name: "outer") { _ in
            let tasks = gates.map { gate in
                Task {
                    try await manager.withSlot(for: .upload, memory: 3, name: "inner") { _ in
                        gate.isRunning.open()
                        await gate.mayEnd.wait()
                    }
                }
            }
            for gate in gates { await gate.isRunning.wait() }
            return tasks
        }
        for (index, gate) in gates.enumerated() {
            let metrics = manager.metrics()
            #expect(metrics.active == 1 && metrics.memoryReserved == 3 * (2 - index))
            #expect(metrics.kinds[.upload]?.active == 1 && metrics.kinds[.custom]?.active == 0)
            await expectError(.waitExpired) {
                try await manager.withSlot(for: .upload, memory: 1, name: "late", deadline: .zero) { _ in }
            }
            gate.mayEnd.open()
            try await stragglers[index].value
        }
        let metrics = manager.metrics()
        #expect(metrics.active == 0 && metrics.memoryReserved == 0)
        #expect(metrics.kinds[.upload]?.hold.count == 2)
        try await manager.withSlot(for: .upload, memory: 1, name: "next", deadline: .zero) { _ in }
    }

    @Test func anotherManagerHasSlotsOfItsOwn() async throws {
        let (fixture, other) = (ManagerFixture(slots: 1), ManagerFixture(slots: 1))
        let holder = try await other.hold()
        try await fixture.manager.withSlot(for: .custom, memory: 1, name: "outer") { _ in
            await expectError(.waitExpired) {
                try await other.manager.withSlot(for: .upload, memory: 1, name: "a", deadline: .zero) { _ in }
            }
        }
        holder.finish(.success(()))
    }
}
