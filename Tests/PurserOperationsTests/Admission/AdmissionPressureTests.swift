import PurserIdentifiers
import PurserTestSupport
import Testing

@testable import PurserOperations

@Suite(.timeLimit(.minutes(1))) struct AdmissionPressureTests {
    @Test func halfOfTheSlotsAreGrantedUnderPressure() {
        let fixture = QueueFixture(slots: 4)
        #expect(fixture.press(.halved).isEmpty)
        let running = (0..<2).map { fixture.ask("\($0)").ticket }
        let (third, actions) = fixture.ask("c")
        #expect(actions.isEmpty)
        let (fourth, none) = fixture.ask("d")
        #expect(none.isEmpty)
        #expect(fixture.release(running[0]) == [.grant(third)])
        // The end of the pressure lets in at once who waited.
        #expect(fixture.press(.normal) == [.grant(fourth)])
    }

    @Test func whatRunsGoesOnWhenPressureBegins() {
        let fixture = QueueFixture(slots: 4)
        let running = (0..<4).map { fixture.ask("\($0)").ticket }
        #expect(fixture.press(.halved).isEmpty)
        #expect(fixture.queue.active == 4)
        let waiting = fixture.ask("x").ticket
        #expect(running.prefix(2).allSatisfy { fixture.release($0).isEmpty })
        #expect(fixture.release(running[2]) == [.grant(waiting)])
    }

    @Test func halfOfTheMemoryIsGrantedUnderPressure() {
        let fixture = QueueFixture(slots: 10, memory: 100)
        _ = fixture.press(.halved)
        let first = fixture.ask("a", memory: 40).ticket
        let (second, actions) = fixture.ask("b", memory: 20)
        #expect(actions.isEmpty)
        // What runs may grow into the rest: it could not end otherwise.
        #expect(fixture.grow(first, by: 50))
        #expect(fixture.release(first) == [.grant(second)])
    }

    @Test func aWaiterLargerThanHalfHoldsNobodyUp() {
        let fixture = QueueFixture(slots: 10, memory: 100)
        _ = fixture.press(.halved)
        let (large, actions) = fixture.ask("large", memory: 60)
        #expect(actions.isEmpty)
        for index in 0..<20 {
            let small = fixture.ask("c\(index)", memory: 1)
            #expect(small.actions == [.grant(small.ticket)])
            _ = fixture.release(small.ticket)
        }
        #expect(fixture.queue.waiters[large]?.passes == 0)
        #expect(fixture.press(.normal) == [.grant(large)])
    }

    @Test(arguments: OperationKind.allCases)
    func onlyWhatFreesBytesIsAdmittedWhenMemoryIsExhausted(_ kind: OperationKind) {
        let fixture = QueueFixture(slots: 10)
        _ = fixture.press(.deletesOnly)
        let (ticket, actions) = fixture.ask(kind: kind)
        let isAdmitted = kind == .delete || kind == .collect
        #expect(actions == [isAdmitted ? .grant(ticket) : .refuse(ticket, .memoryPressure)])
        #expect(fixture.queue.figures.kinds[kind.index].counts.refused == (isAdmitted ? 0 : 1))
        _ = fixture.press(.normal)
        let (again, later) = fixture.ask(kind: kind)
        #expect(later == (kind == .collect ? [] : [.grant(again)]))
    }

    @Test func whatWaitsStaysUntilThePressureOrItsWaitEnds() {
        let fixture = QueueFixture()
        let holder = fixture.ask("a").ticket
        let patient = fixture.ask("b", wait: .seconds(60)).ticket
        let hasty = fixture.ask("c", wait: .seconds(5)).ticket
        let delete = fixture.ask("d", kind: .delete).ticket
        _ = fixture.press(.deletesOnly)
        // The delete passes those that came before it.
        #expect(fixture.release(holder) == [.grant(delete)])
        #expect(fixture.release(delete).isEmpty)
        #expect(fixture.tick(at: .seconds(5)) == [.refuse(hasty, .waitExpired)])
        #expect(fixture.press(.normal) == [.grant(patient)])
    }

    @Test func theManagerRefusesWithACodeAndATime() async throws {
        let fixture = ManagerFixture(slots: 2)
        fixture.manager.setPressure(.deletesOnly)
        #expect(fixture.manager.metrics().pressure == .deletesOnly)
        do {
            try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a") { _ in }
            Issue.record("it was admitted")
        } catch let error as OperationError {
            #expect(error.code == .memoryPressure)
            #expect(error.retryAfter == .seconds(10))
        }
        try await fixture.manager.withSlot(for: .delete, memory: 1, name: "a") { _ in }
        fixture.manager.setPressure(.normal)
        try await fixture.manager.withSlot(for: .upload, memory: 1, name: "a") { _ in }
        #expect(fixture.manager.metrics().counts.refused == 1)
    }

    @Test func whatRunsMayAskForMoreWithinItsSlot() async throws {
        let fixture = ManagerFixture(slots: 1)
        try await fixture.manager.withSlot(for: .custom, memory: 1, name: "host") { _ in
            fixture.manager.setPressure(.deletesOnly)
            try await fixture.manager.withSlot(for: .upload, memory: 1, name: "guest") { _ in }
        }
        #expect(fixture.manager.metrics().counts.granted == 2)
    }

    @Test func aWaiterIsLetInWhenThePressureEnds() async throws {
        let fixture = ManagerFixture(slots: 2)
        fixture.manager.setPressure(.halved)
        let holder = try await fixture.hold()
        let waiting = await fixture.queue()
        fixture.manager.setPressure(.normal)
        try await waiting.value
        holder.finish(.success(()))
    }
}
