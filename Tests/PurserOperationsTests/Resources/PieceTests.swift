import PurserIdentifiers
import PurserTestSupport
import Testing

@testable import PurserOperations

/// Pieces of long work take slots in turn with everybody else, and show in no list.
@Suite(.timeLimit(.minutes(1)))
struct PieceTests {
    private func begin(_ fixture: ManagerFixture) throws -> PurserOperations.Operation {
        let operation = try fixture.tracker.begin(.optimize, name: "run", priority: .background)
        try operation.start()
        return operation
    }

    @Test
    func pieceHoldsASlotAndShowsInNoList() async throws {
        let fixture = ManagerFixture()
        let operation = try self.begin(fixture)
        let slot = try await fixture.manager.admitPiece(of: operation, memory: 7, deadline: .zero)
        #expect(fixture.manager.metrics().active == 1)
        #expect(fixture.manager.metrics().memoryReserved == 7)
        #expect(fixture.manager.metrics().kinds[.optimize]?.active == 1)
        #expect(fixture.tracker.list(limit: 10).snapshots.map(\.id) == [operation.id])
        slot.finish(.success(()))
        #expect(fixture.manager.metrics().active == 0)
        #expect(fixture.tracker.list(limit: 10).snapshots.map(\.id) == [operation.id])
        #expect(operation.state == .running)
    }

    @Test
    func pieceWithANameIsMeasuredAsAnOperation() async throws {
        let fixture = ManagerFixture()
        let operation = try fixture.tracker.begin(
            .process,
            id: nil,
            name: "job",
            client: "c",
            priority: .batch,
            isMeasured: false
        )
        try operation.start()
        let slot = try await fixture.manager.admitPiece(of: operation, memory: 7, deadline: .zero, name: "a.pdf")
        fixture.clock.advance(by: .seconds(3))
        slot.finish(.failure(CancellationError()))
        let report = try #require(fixture.reports.all.first)
        #expect(report.name == "a.pdf")
        #expect(report.kind == "process")
        #expect(report.client == "c")
        #expect(report.held == .seconds(3))
        #expect(report.state == .cancelled)
        operation.finish(.success(()))
        #expect(fixture.reports.all.count == 1)
        #expect(fixture.tracker.list(limit: 10).snapshots.map(\.state) == [.succeeded])
    }

    @Test
    func filesOfJobsLeaveTwoSlotsToOthers() {
        var configuration = ResourceConfiguration()
        #expect(configuration.cap(of: .process) == 8)
        configuration.maxConcurrentOperations = 2
        #expect(configuration.cap(of: .process) == 1)
        configuration.caps[.process] = 5
        #expect(configuration.cap(of: .process) == 5)
        #expect(configuration.cap(of: .upload) == nil)
    }

    @Test
    func interactiveWorkGoesBeforeTheNextPiece() async throws {
        let fixture = ManagerFixture()
        let operation = try self.begin(fixture)
        let slot = try await fixture.manager.admitPiece(of: operation, memory: 1, deadline: .zero)
        #expect(!fixture.manager.isWaitedFor)
        let mayEnd = Gate()
        let upload = await fixture.queue { _ in await mayEnd.wait() }
        #expect(fixture.manager.isWaitedFor)
        let next = Task { try await fixture.manager.admitPiece(of: operation, memory: 1, deadline: .seconds(60)) }
        while fixture.manager.metrics().queued < 2 { await Task.yield() }
        slot.finish(.success(()))
        while fixture.manager.metrics().kinds[.upload]?.active == 0 { await Task.yield() }
        #expect(fixture.manager.metrics().queued == 1)
        mayEnd.open()
        try await upload.value
        try await next.value.finish(.success(()))
    }

    @Test
    func cancelledTaskLeavesTheQueue() async throws {
        let fixture = ManagerFixture()
        let operation = try self.begin(fixture)
        let holder = try await fixture.hold()
        let piece = Task { try await fixture.manager.admitPiece(of: operation, memory: 1, deadline: .seconds(60)) }
        while !fixture.manager.isWaitedFor { await Task.yield() }
        piece.cancel()
        await expectError(.operationCancelled) { _ = try await piece.value }
        #expect(!fixture.manager.isWaitedFor)
        holder.finish(.success(()))
    }
}
