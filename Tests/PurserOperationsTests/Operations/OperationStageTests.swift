import PurserTestSupport
import Testing

@testable import PurserOperations

@Suite(.timeLimit(.minutes(1))) struct OperationStageTests {
    private struct Sample: Error {}

    @Test func stagesAddUpAndTheOthersAreLeftOut() throws {
        let operation = try ProgressTracker().begin(.upload, name: "a")
        #expect(operation.stages.isEmpty)
        operation.add(.disk, .milliseconds(2))
        operation.add(.disk, .microseconds(500))
        operation.add(.hash, .zero)
        operation.add(.catalog, .seconds(-1))
        operation.add(.queue, .seconds(Int64.max))
        #expect(operation.stages == [.disk: .microseconds(2_500)])
    }

    @Test func addingFromManyTasksLosesNothing() async throws {
        let operation = try ProgressTracker().begin(.upload, name: "a")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1_000 { operation.add(.hash, .nanoseconds(3)) } }
            }
        }
        #expect(operation.stages == [.hash: .nanoseconds(24_000)])
    }

    @Test func aPieceThatThrowsIsMeasuredToo() async throws {
        let operation = try ProgressTracker().begin(.upload, name: "a")
        await #expect(throws: Sample.self) {
            try await operation.timing(.catalog) { () async throws in
                await Task.yield()
                throw Sample()
            }
        }
        let time = try #require(operation.stages[.catalog])
        #expect(time > .zero && time < .seconds(60))
    }

    @Test func theWaitForASlotIsAStage() async throws {
        let fixture = ManagerFixture()
        let holder = try await fixture.hold()
        #expect(holder.operation.stages[.queue] == nil)
        let task = await fixture.queue { slot in
            #expect(slot.operation.stages[.queue] == .seconds(3))
        }
        fixture.clock.advance(by: .seconds(3))
        holder.finish(.success(()))
        try await task.value
    }

    @Test func alsoOneThatGotNoSlotHasWaited() async throws {
        let fixture = ManagerFixture()
        let holder = try await fixture.hold()
        let task = await fixture.queue(deadline: .seconds(2))
        let waiting = try #require(fixture.tracker.list(state: .queued, limit: 1).snapshots.first)
        fixture.pass(.seconds(2))
        await expectError(.waitExpired) { try await task.value }
        #expect(fixture.tracker.operation(waiting.id)?.stages[.queue] == .seconds(2))
        holder.finish(.success(()))
    }
}
