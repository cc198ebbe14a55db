import PurserIdentifiers
import PurserTestSupport
import Testing

@testable import PurserOperations

@Suite(.timeLimit(.minutes(1))) struct OperationReportTests {
    @Test func successIsReportedOnceWithItsTimesAndFigures() async throws {
        let fixture = ManagerFixture()
        let holder = try await fixture.hold()
        let isRunning = Gate()
        let mayEnd = Gate()
        let id = OperationID()
        let waiter = await fixture.queue(id) { slot in
            slot.operation.advance(bytes: 42)
            try slot.growMemory(by: 9)
            isRunning.open()
            await mayEnd.wait()
        }
        fixture.clock.advance(by: .seconds(2))
        holder.finish(.success(()))
        await isRunning.wait()
        fixture.clock.advance(by: .seconds(3))
        mayEnd.open()
        try await waiter.value
        let found = fixture.reports.all.filter { $0.id == id }
        let report = try #require(found.first)
        #expect(found.count == 1)
        #expect(report.kind == "upload")
        #expect(report.state == .succeeded)
        #expect(!report.isRefused)
        #expect(report.waited == .seconds(2))
        #expect(report.held == .seconds(3))
        #expect(report.bytes == 42)
        #expect(report.memoryReserved == 10)
    }

    @Test func reportTellsTheMostThatWasHeld() async throws {
        let disk = DiskSpace { DiskSpaceFigures(availableBytes: 1_000) }
        let fixture = ManagerFixture(disk: disk)
        try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a") { slot in
            try slot.reserveDisk(bytes: 60)
            slot.wroteDisk(bytes: 50)
            try slot.reserveDisk(bytes: 70)
            slot.wroteDisk(bytes: 80)
            slot.operation.add(childMaxResidentBytes: 5)
            slot.operation.add(childMaxResidentBytes: 9)
            slot.operation.add(childMaxResidentBytes: 7)
            slot.operation.update(message: "one", metadata: ["page": "1", "of": "2"])
            slot.operation.update(metadata: ["page": "2"])
        }
        let report = try #require(fixture.reports.all.first)
        #expect(report.diskReserved == 80 && report.childrenMaxResidentBytes == 9 && report.takesSlot)
        #expect(report.metadata == ["page": "2", "of": "2"])
    }

    @Test func refusalIsNoFailureOfWhatRan() async throws {
        let fixture = ManagerFixture() { $0.queueCapacity = 0 }
        let holder = try await fixture.hold()
        await expectError(.queueFull) {
            try await fixture.manager.withSlot(for: .copy, memory: 1, name: "refused") { _ in }
        }
        let report = try #require(fixture.reports.all.first)
        #expect(report.isRefused)
        #expect(report.kind == "copy")
        #expect(report.error?.code == "queue_full")
        #expect(report.held == .zero)
        holder.finish(.success(()))
    }

    @Test func cancelWhileWaitingIsReportedAsCancelled() async throws {
        let fixture = ManagerFixture()
        let holder = try await fixture.hold()
        let id = OperationID()
        let waiter = await fixture.queue(id)
        try fixture.tracker.cancel(id)
        await #expect(throws: OperationError.self) { try await waiter.value }
        let report = try #require(fixture.reports.all.first { $0.id == id })
        #expect(report.state == .cancelled)
        #expect(!report.isRefused)
        holder.finish(.success(()))
    }

    @Test func labelGoesBeforeTheKind() async throws {
        let fixture = ManagerFixture()
        try await fixture.manager.withSlot(for: .custom, memory: 1, name: "scan 12", label: "scan") { _ in }
        #expect(fixture.reports.all.map(\.kind) == ["scan"])
    }
}
