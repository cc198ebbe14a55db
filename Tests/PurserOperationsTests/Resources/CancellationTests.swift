import PurserIdentifiers
import PurserTestSupport
import Testing

@testable import PurserOperations

@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    @Test(arguments: [CancellationReason.requested, .disconnected])
    func cancelWhileQueuedLeavesAtOnce(reason: CancellationReason) async throws {
        let fixture = ManagerFixture()
        let holder = try await fixture.hold()
        let id = OperationID()
        let task = await fixture.queue(id) { _ in Issue.record("ran although it was cancelled") }
        #expect(fixture.tracker.snapshot(id)?.queuePosition == 1)
        try fixture.tracker.cancel(id, reason)
        await expectError(.operationCancelled) { try await task.value }
        #expect(fixture.manager.metrics().queued == 0)
        #expect(fixture.manager.metrics().counts.cancelled == 1)
        let snapshot = try #require(fixture.tracker.snapshot(id))
        #expect(snapshot.state == .cancelled)
        #expect(snapshot.error?.code == "operation_cancelled")
        #expect(snapshot.startedAt == nil)
        holder.finish(.success(()))
    }

    @Test func cancelBeforeTheQueueNeverQueues() async throws {
        let fixture = ManagerFixture()
        await expectError(.operationCancelled) {
            try await fixture.manager.withSlot(
                for: .upload,
                memory: 1,
                name: "a",
                onQueued: { try? $0.cancel(.disconnected) },
                { _ in _ = Issue.record("ran although it was cancelled") }
            )
        }
        #expect(fixture.manager.metrics().counts.granted == 0)
    }

    @Test func cancelWhileRunningStopsTheBodyAndNotTheCaller() async throws {
        let fixture = ManagerFixture()
        await expectError(.operationCancelled) {
            try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a") { slot in
                try slot.operation.cancel()
                try await Gate().waitOrThrow()
            }
        }
        #expect(!Task.isCancelled)
        #expect(fixture.manager.metrics().active == 0)
    }

    @Test func cancellingTheCallerCancelsTheOperationThatWaits() async throws {
        let fixture = ManagerFixture()
        let holder = try await fixture.hold()
        let task = await fixture.queue()
        task.cancel()
        await expectError(.operationCancelled) { try await task.value }
        #expect(fixture.manager.metrics().queued == 0)
        holder.finish(.success(()))
    }

    @Test func cancellingTheCallerCancelsTheOperationThatRuns() async throws {
        let fixture = ManagerFixture()
        let id = OperationID()
        let task = await fixture.start(id) { _ in try await Gate().waitOrThrow() }
        task.cancel()
        await expectError(.operationCancelled) { try await task.value }
        #expect(fixture.tracker.snapshot(id)?.state == .cancelled)
        #expect(fixture.manager.metrics().active == 0)
    }

    @Test func aSealedOperationGoesOnToItsEnd() async throws {
        let fixture = ManagerFixture()
        let (id, isSealed, mayCommit) = (OperationID(), Gate(), Gate())
        let task = await fixture.start(id) { slot in
            try slot.operation.seal()
            isSealed.open()
            await mayCommit.wait()
            #expect(!Task.isCancelled)
        }
        await isSealed.wait()
        await expectError(.operationEnded) { try fixture.tracker.cancel(id) }
        task.cancel()
        fixture.pass(.seconds(10_000))
        mayCommit.open()
        try await task.value
        #expect(fixture.tracker.snapshot(id)?.state == .succeeded)
    }

    @Test func aBodyThatIgnoresItsCancelLosesItsSlotAndKeepsItsMemory() async throws {
        let fixture = ManagerFixture()
        let (id, end) = (OperationID(), Gate())
        let task = await fixture.start(id, memory: 9) { slot in
            await end.wait()
            try slot.operation.seal()
        }
        let waiter = await fixture.queue()
        try fixture.tracker.cancel(id)
        fixture.pass(.milliseconds(900))
        #expect(fixture.manager.metrics().active == 1)
        #expect(fixture.manager.metrics().counts.abandoned == 0)
        fixture.pass(.milliseconds(100))
        try await waiter.value
        #expect(fixture.manager.metrics().counts.abandoned == 1)
        #expect(fixture.manager.metrics().memoryReserved == 9)
        #expect(fixture.tracker.snapshot(id)?.state == .cancelled)
        end.open()
        await expectError(.operationCancelled) { try await task.value }
        #expect(fixture.manager.metrics().memoryReserved == 0)
        #expect(fixture.manager.metrics().active == 0)
        #expect(fixture.manager.metrics().counts.cancelled == 1)
    }

    @Test func withoutProgressAnOperationTimesOut() async throws {
        let fixture = ManagerFixture { $0.operationTimeout = .seconds(60) }
        let id = OperationID()
        let task = await fixture.start(id) { _ in try await Gate().waitOrThrow() }
        let operation = try #require(fixture.tracker.operation(id))
        fixture.pass(.seconds(59))
        operation.advance(bytes: 1)
        fixture.pass(.seconds(1))
        fixture.pass(.seconds(59))
        #expect(operation.cancellationReason == nil)
        fixture.pass(.seconds(1))
        await expectError(.operationTimedOut) { try await task.value }
        #expect(operation.state == .timedOut)
        #expect(operation.snapshot.error?.code == "operation_timed_out")
        #expect(fixture.manager.metrics().counts.timedOut == 1)
    }

    @Test func endedAndUnknownOperationsCannotBeCancelled() async throws {
        let fixture = ManagerFixture()
        let id = OperationID()
        try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a", id: id) { _ in }
        await expectError(.operationEnded) { try fixture.tracker.cancel(id) }
        await expectError(.operationNotFound) { try fixture.tracker.cancel(OperationID()) }
    }
}
