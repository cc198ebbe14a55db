import Testing

@testable import PurserOperations

@Suite struct AdmissionOrderTests {
    @Test func aFreeSlotIsGrantedAtOnce() {
        let fixture = QueueFixture()
        let (ticket, actions) = fixture.ask()
        #expect(actions == [.grant(ticket)])
        #expect(fixture.queue.active == 1)
        #expect(fixture.queue.memoryHeld == 1)
    }

    @Test func oneClientIsServedInTheOrderOfComing() {
        let fixture = QueueFixture()
        let holder = fixture.ask().ticket
        let waiting = (0..<5).map { _ in fixture.ask().ticket }
        #expect(fixture.drain(holder) == waiting)
        #expect(fixture.queue.active == 0)
        #expect(fixture.queue.memoryHeld == 0)
    }

    @Test func clientsTakeTurns() {
        let fixture = QueueFixture()
        let holder = fixture.ask("z").ticket
        let greedy = (0..<3).map { _ in fixture.ask("greedy").ticket }
        let modest = fixture.ask("modest").ticket
        #expect(fixture.drain(holder) == [greedy[0], modest, greedy[1], greedy[2]])
    }

    @Test func aHigherClassGoesFirst() {
        let fixture = QueueFixture()
        let holder = fixture.ask().ticket
        let background = fixture.ask("a", .background).ticket
        let batch = fixture.ask("b", .batch).ticket
        let interactive = fixture.ask("c").ticket
        #expect(fixture.drain(holder) == [interactive, batch, background])
    }

    @Test func aWaiterRisesOneClassPerTenSeconds() {
        let fixture = QueueFixture()
        let holder = fixture.ask().ticket
        let background = fixture.ask("a", .background).ticket
        fixture.now = .milliseconds(9_999)
        #expect(fixture.tick(at: fixture.now).isEmpty)
        #expect(fixture.queue.waiters[background]?.level == .background)
        fixture.now = .seconds(10)
        _ = fixture.tick(at: fixture.now)
        #expect(fixture.queue.waiters[background]?.level == .batch)
        fixture.now = .seconds(20)
        _ = fixture.tick(at: fixture.now)
        let interactive = fixture.ask("b").ticket
        #expect(fixture.drain(holder) == [background, interactive])
    }

    @Test func aWaiterThatRoseComesBeforeItsClientsLaterOnes() {
        let fixture = QueueFixture()
        let holder = fixture.ask("z").ticket
        let old = fixture.ask("a", .batch).ticket
        let young = fixture.ask("a").ticket
        fixture.now = .seconds(10)
        _ = fixture.tick(at: fixture.now)
        #expect(fixture.drain(holder) == [old, young])
    }

    @Test func aClientHoldsAtMostHalfOfTheSlotsWhileOthersWait() {
        let fixture = QueueFixture(slots: 4)
        var held = (0..<4).map { _ in fixture.ask("greedy").ticket }
        #expect(fixture.queue.active == 4)
        _ = fixture.ask("greedy")
        let others = (0..<2).map { fixture.ask("other\($0)").ticket }
        #expect(fixture.release(held.removeFirst()) == [.grant(others[0])])
        #expect(fixture.release(held.removeFirst()) == [.grant(others[1])])
        // Nobody else waits now: the share binds no more.
        #expect(fixture.release(held.removeFirst()).count == 1)
        #expect(fixture.queue.waiters.isEmpty)
    }

    @Test func theShareYieldsToAWaiterOfALowerClass() {
        let fixture = QueueFixture(slots: 2)
        let held = (0..<2).map { _ in fixture.ask("greedy").ticket }
        _ = fixture.ask("greedy")
        let other = fixture.ask("other", .background).ticket
        #expect(fixture.release(held[0]) == [.grant(other)])
    }

    @Test func positionsTellTheOrder() {
        let fixture = QueueFixture()
        let holder = fixture.ask("z").ticket
        let tickets = [
            fixture.ask("a").ticket, fixture.ask("a").ticket, fixture.ask("b").ticket,
            fixture.ask("b", .batch).ticket,
        ]
        let positions = tickets.map { fixture.queue.position(of: $0) }
        #expect(positions == [1, 3, 2, 4])
        #expect(fixture.queue.position(of: holder) == nil)
        #expect(fixture.drain(holder) == [tickets[0], tickets[2], tickets[1], tickets[3]])
    }
}
