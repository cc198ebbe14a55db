import Testing

@testable import PurserOperations

@Suite struct AdmissionLimitTests {
    @Test func memoryIsReservedWithTheSlot() {
        let fixture = QueueFixture(slots: 5, memory: 100)
        let first = fixture.ask("a", memory: 60).ticket
        let (second, actions) = fixture.ask("b", memory: 60)
        #expect(actions.isEmpty)
        #expect(fixture.release(first) == [.grant(second)])
    }

    @Test func aRequestAboveTheWholeBudgetIsRefusedAtOnce() {
        let fixture = QueueFixture(memory: 100)
        let (ticket, actions) = fixture.ask(memory: 101)
        #expect(actions == [.refuse(ticket, .tooLargeForBudget)])
        #expect(fixture.ask(memory: 100).actions.count == 1)
    }

    @Test func aLargeWaiterIsPassedAtMostEightTimes() {
        let fixture = QueueFixture(slots: 50, memory: 100)
        let holder = fixture.ask("a", memory: 50).ticket
        let large = fixture.ask("b", memory: 90).ticket
        let small = (0..<12).map { fixture.ask("c\($0)", memory: 1) }
        #expect(small.prefix(8).allSatisfy { $0.actions == [.grant($0.ticket)] })
        #expect(small.dropFirst(8).allSatisfy { $0.actions.isEmpty })
        #expect(fixture.queue.waiters[large]?.passes == 8)
        // 50 + 8 are held: the large one still does not fit when the holder goes, and nobody passes it meanwhile.
        #expect(fixture.release(holder).first == .grant(large))
    }

    @Test func oneClientsLargeWaiterIsNotStarvedByItsOwnSmallOnes() {
        let fixture = QueueFixture(slots: 4, memory: 100)
        let held = (0..<2).map { _ in fixture.ask(memory: 40).ticket }
        let large = fixture.ask(memory: 90).ticket
        var granted = 0
        for _ in 0..<20 {
            let small = fixture.ask(memory: 5)
            guard small.actions == [.grant(small.ticket)] else { continue }
            granted += 1
            _ = fixture.release(small.ticket)
        }
        #expect(granted == 8)
        _ = fixture.release(held[0])
        #expect(fixture.release(held[1]).first == .grant(large))
    }

    @Test func aKindAtItsCapHoldsUpNobodyElse() {
        let fixture = QueueFixture(slots: 10) { $0.caps = [.collect: 1] }
        let first = fixture.ask("a", kind: .collect).ticket
        let second = fixture.ask("a", kind: .collect)
        #expect(second.actions.isEmpty)
        for _ in 0..<20 {
            let upload = fixture.ask("a", kind: .upload)
            #expect(upload.actions == [.grant(upload.ticket)])
            _ = fixture.release(upload.ticket)
        }
        #expect(fixture.release(first) == [.grant(second.ticket)])
    }

    @Test func aFullQueueRefusesTheNewcomer() {
        let fixture = QueueFixture { $0.queueCapacity = 2 }
        _ = fixture.ask()
        _ = fixture.ask()
        _ = fixture.ask()
        let (ticket, actions) = fixture.ask()
        #expect(actions == [.refuse(ticket, .queueFull)])
        #expect(fixture.queue.waiters.count == 2)
    }

    @Test func aNewcomerDisplacesTheNewestOfTheGreediest() {
        let fixture = QueueFixture { $0.queueCapacity = 3 }
        _ = fixture.ask("z")
        let greedy = (0..<3).map { _ in fixture.ask("greedy").ticket }
        let (modest, actions) = fixture.ask("modest")
        #expect(actions == [.refuse(greedy[2], .queueFull)])
        #expect(fixture.queue.waiters[modest] != nil)
        // Two against one: another of the modest client's would only turn the tables.
        let again = fixture.ask("modest")
        #expect(again.actions == [.refuse(again.ticket, .queueFull)])
    }

    @Test func aWaitEndsAtItsLimit() {
        let fixture = QueueFixture()
        _ = fixture.ask()
        let short = fixture.ask(wait: .seconds(5)).ticket
        let long = fixture.ask(wait: .seconds(6)).ticket
        #expect(fixture.tick(at: .milliseconds(4_999)).isEmpty)
        #expect(fixture.tick(at: .seconds(5)) == [.refuse(short, .waitExpired)])
        #expect(fixture.tick(at: .seconds(6)) == [.refuse(long, .waitExpired)])
    }

    @Test func whoMayNotWaitIsRefusedAtOnce() {
        let fixture = QueueFixture()
        #expect(fixture.ask(wait: .zero).actions.count == 1)
        let (ticket, actions) = fixture.ask(wait: .zero)
        #expect(actions == [.refuse(ticket, .waitExpired)])
    }

    @Test func leavingLetsThoseBehindGo() {
        let fixture = QueueFixture(slots: 50, memory: 100)
        _ = fixture.ask("a", memory: 50)
        let large = fixture.ask("b", memory: 90).ticket
        for index in 0..<8 { _ = fixture.ask("c\(index)", memory: 1) }
        let held = fixture.ask("d", memory: 1).ticket
        #expect(fixture.withdraw(large) == [.refuse(large, .withdrawn), .grant(held)])
        #expect(fixture.withdraw(large).isEmpty)
    }

    @Test func anAbandonedSlotReturnsAndItsMemoryDoesNot() {
        let fixture = QueueFixture(slots: 1, memory: 100)
        let holder = fixture.ask(memory: 60).ticket
        let large = fixture.ask(memory: 60).ticket
        let small = fixture.ask(memory: 40).ticket
        #expect(fixture.abandon(holder) == [.grant(small)])
        #expect(fixture.abandon(holder).isEmpty)
        #expect(fixture.release(small).isEmpty)
        #expect(fixture.release(holder) == [.grant(large)])
        #expect(fixture.release(holder).isEmpty)
    }

    @Test func guestOfAnAbandonedHolderKeepsTheSlot() throws {
        let fixture = QueueFixture(slots: 1, memory: 100)
        let holder = fixture.ask().ticket
        let guests = (0..<2).compactMap { _ in
            fixture.queue.admit(QueueFixture.request("a"), within: holder, at: .zero)
        }
        try #require(guests.count == 2)
        let (guest, other) = (guests[0], guests[1])
        let waiter = fixture.ask().ticket
        #expect(fixture.abandon(holder).isEmpty, "more would run than there are slots")
        let isRunning = [holder, guest, other].map { fixture.queue.isRunning($0) }
        #expect(isRunning == [false, true, true])
        #expect(fixture.release(holder).isEmpty)
        #expect(fixture.release(guest).isEmpty)
        #expect(fixture.release(other) == [.grant(waiter)])
    }

    @Test func growingNeverWaitsAndNeverExceeds() {
        let fixture = QueueFixture(slots: 2, memory: 100)
        let first = fixture.ask(memory: 60).ticket
        #expect(fixture.grow(first, by: 40))
        #expect(!fixture.grow(first, by: 1))
        _ = fixture.release(first)
        #expect(fixture.queue.memoryHeld == 0)
        #expect(!fixture.grow(first, by: 1))
    }

    @Test func aClientOverItsRateIsRefused() {
        let fixture = QueueFixture(slots: 50) {
            $0.clientRate = 2
            $0.clientBurst = 3
        }
        #expect((0..<3).allSatisfy { _ in fixture.ask().actions.count == 1 })
        let (ticket, actions) = fixture.ask()
        #expect(actions == [.refuse(ticket, .rateLimited)])
        #expect(fixture.ask("other").actions.count == 1)
        fixture.now = .milliseconds(500)
        let later = fixture.ask()
        #expect(later.actions == [.grant(later.ticket)])
    }

    @Test func closingEmptiesTheQueue() {
        let fixture = QueueFixture()
        _ = fixture.ask()
        let waiting = fixture.ask().ticket
        #expect(fixture.close() == [.refuse(waiting, .shuttingDown)])
        let (ticket, actions) = fixture.ask()
        #expect(actions == [.refuse(ticket, .shuttingDown)])
    }

    @Test func retryAfterFollowsTheMeasuredRate() {
        var rate = ServiceRate()
        #expect(rate.retryAfter(queued: 0, at: .seconds(1)) == ServiceRate.unmeasured)
        for second in 1...60 { rate.note(at: .seconds(second)) }
        #expect(rate.retryAfter(queued: 9, at: .seconds(60)) == .seconds(10))
        #expect(rate.retryAfter(queued: 0, at: .seconds(60)) == .seconds(1))
        #expect(rate.retryAfter(queued: 0, at: .seconds(600)) == ServiceRate.unmeasured)
    }

    @Test func idleTimeDoesNotCountAsSlowness() {
        var rate = ServiceRate()
        for _ in 0..<100 { rate.note(at: .seconds(605)) }
        #expect(rate.retryAfter(queued: 99, at: .seconds(609)) == .seconds(4))
    }
}
