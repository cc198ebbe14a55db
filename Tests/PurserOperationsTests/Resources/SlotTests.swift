import PurserIdentifiers
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserOperations

/// Counts who is in.
private final class Crowd: Sendable {
    private let counts = Mutex((now: 0, most: 0, all: 0))

    var most: Int { self.counts.withLock { $0.most } }
    var all: Int { self.counts.withLock { $0.all } }

    func enter() {
        self.counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) }
    }

    func leave() {
        self.counts.withLock { $0.now -= 1 }
    }
}

@Suite(.timeLimit(.minutes(1))) struct SlotTests {
    private struct SampleError: OperationFailure {
        var failureCode: String { "sample" }
        var failureMessage: String { "as an example" }
    }

    @Test func everythingComesBackWhenTheBodyReturns() async throws {
        let fixture = ManagerFixture()
        let id = OperationID()
        let value = try await fixture.manager.withSlot(for: .download, memory: 7, name: "a", id: id) { slot in
            #expect(fixture.manager.metrics().active == 1)
            #expect(fixture.manager.metrics().memoryReserved == 7)
            #expect(slot.operation.state == .running)
            return 42
        }
        #expect(value == 42)
        let metrics = fixture.manager.metrics()
        #expect(metrics.active == 0 && metrics.memoryReserved == 0)
        #expect(metrics.activeHighWater == 1 && metrics.memoryHighWater == 7)
        #expect(metrics.kinds[.download]?.counts.granted == 1)
        #expect(metrics.kinds[.download]?.hold.count == 1)
        #expect(fixture.tracker.snapshot(id)?.state == .succeeded)
        #expect(fixture.tracker.snapshot(id)?.progress.fraction == 1)
    }

    @Test func anErrorOfTheBodyPassesUntouchedAndNamesItsCode() async throws {
        let fixture = ManagerFixture()
        let id = OperationID()
        await #expect(throws: SampleError.self) {
            try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a", id: id) { _ in throw SampleError() }
        }
        let snapshot = try #require(fixture.tracker.snapshot(id))
        #expect(snapshot.state == .failed)
        #expect(snapshot.error == OperationSnapshot.Failure(code: "sample", message: "as an example"))
        #expect(fixture.manager.metrics().active == 0)
    }

    @Test func aSlotThatIsLetGoOfComesBackAsFailed() async throws {
        let fixture = ManagerFixture()
        var slot: Slot? = try await fixture.hold(memory: 5)
        let id = try #require(slot?.operation.id)
        #expect(fixture.manager.metrics().active == 1)
        slot = nil
        #expect(fixture.manager.metrics().active == 0)
        #expect(fixture.manager.metrics().memoryReserved == 0)
        #expect(fixture.tracker.snapshot(id)?.state == .failed)
    }

    @Test func finishingTwiceGivesBackOnce() async throws {
        let fixture = ManagerFixture(slots: 2)
        let slot = try await fixture.hold()
        let other = try await fixture.hold()
        slot.finish(.success(()))
        slot.finish(.failure(SampleError()))
        #expect(fixture.manager.metrics().active == 1)
        #expect(slot.operation.state == .succeeded)
        other.finish(.success(()))
    }

    @Test func diskSpaceIsNeverPromisedTwice() async throws {
        let free = Mutex<Int64>(100)
        let disk = DiskSpace { DiskSpaceFigures(availableBytes: free.withLock { $0 }) }
        let fixture = ManagerFixture(slots: 2, disk: disk)
        let first = try await fixture.hold()
        let second = try await fixture.hold()
        try first.reserveDisk(bytes: 60)
        await expectError(.storeFull) { try second.reserveDisk(bytes: 41) }
        // Written bytes are missing from the measure now, and no longer from the reservations.
        free.withLock { $0 -= 60 }
        first.wroteDisk(bytes: 60)
        try second.reserveDisk(bytes: 40)
        #expect(fixture.manager.metrics().diskReserved == 40)
        await expectError(.storeFull) { try second.reserveDisk(bytes: .max) }
        second.finish(.success(()))
        #expect(fixture.manager.metrics().diskReserved == 0)
        await expectError(.operationEnded) { try second.reserveDisk(bytes: 1) }
        #expect(fixture.manager.metrics().diskReserved == 0)
        first.finish(.success(()))
    }

    @Test func memoryGrowsOnlyAsFarAsItIsFree() async throws {
        let fixture = ManagerFixture(slots: 2) { $0.memoryBudget = 100 }
        let slot = try await fixture.hold(memory: 50)
        let other = try await fixture.hold(memory: 30)
        try slot.growMemory(by: 20)
        await expectError(.memoryUnavailable) { try slot.growMemory(by: 1) }
        await expectError(.tooLargeForBudget) { try slot.growMemory(by: 101) }
        other.finish(.success(()))
        try slot.growMemory(by: 30)
        #expect(fixture.manager.metrics().memoryReserved == 100)
        slot.finish(.success(()))
        #expect(fixture.manager.metrics().memoryReserved == 0)
    }

    @Test func manyAtTheSameTimeNeverExceedTheSlots() async throws {
        let manager = ManagerFixture(slots: 4).manager
        let running = Crowd()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<500 {
                group.addTask {
                    try await manager.withSlot(for: .upload, memory: 1, name: "x", client: "\(index % 7)") { _ in
                        running.enter()
                        await Task.yield()
                        running.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(running.all == 500)
        #expect(running.most <= 4)
        #expect(manager.metrics().active == 0 && manager.metrics().memoryReserved == 0)
    }
}
