import PurserTestSupport
import Testing

@testable import PurserOperations

/// Random use of the queue against a bookkeeper that knows only the limits.
@Suite struct AdmissionModelTests {
    /// What the bookkeeper knows: who waits, who holds, and the limits that nobody may break.
    private struct Books {
        var waiting: [AdmissionTicket: AdmissionRequest] = [:]
        var holding: [AdmissionTicket: (request: AdmissionRequest, memory: Int, hasSlot: Bool)] = [:]
        let slots = 4
        let memory = 100
        let capacity = 12

        mutating func apply(_ actions: [AdmissionAction], _ context: Comment) {
            for action in actions {
                switch action {
                case .grant(let ticket):
                    guard let request = self.waiting.removeValue(forKey: ticket) else {
                        Issue.record("granted one that does not wait: \(context)")
                        continue
                    }
                    self.holding[ticket] = (request, request.memory, true)
                case .refuse(let ticket, _):
                    if self.waiting.removeValue(forKey: ticket) == nil {
                        Issue.record("refused one that does not wait: \(context)")
                    }
                }
            }
        }

        /// The first rule that the queue breaks, if any.
        func violation(of queue: AdmissionQueue) -> String? {
            let slots = self.holding.values.filter(\.hasSlot)
            let lined = queue.lines.reduce(0) { $0 + $1.clients.values.reduce(0) { $0 + $1.count } }
            let rules = [
                "slots are miscounted": queue.active != slots.count,
                "too many slots": slots.count > self.slots,
                "too many of a capped kind": slots.filter { $0.request.kind == .collect }.count > 1,
                "memory is miscounted": self.holding.values.reduce(0) { $0 + $1.memory } != queue.memoryHeld,
                "too much memory": queue.memoryHeld > self.memory,
                "the queue is too long": self.waiting.count > self.capacity,
                "waiters are lost": queue.waiters.count != self.waiting.count || lined != self.waiting.count,
                "passed too often": queue.waiters.values.contains { $0.passes > AdmissionQueue.passLimit },
                "a slot is free and somebody could run": slots.count < queue.limit && queue.choose() != nil,
            ]
            return rules.first { $0.value }?.key
        }
    }

    @Test(arguments: UInt64(1)...20)
    func noLimitIsBrokenAndNothingIsLost(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let fixture = QueueFixture(slots: 4, memory: 100) { $0.queueCapacity = 12 }
        var books = Books()
        for step in 0..<2_000 {
            let context: Comment = "seed \(seed), step \(step)"
            fixture.now += .milliseconds(Int.random(in: 0...500, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let request = self.request(using: &random)
                let (ticket, actions) = fixture.queue.request(request, at: fixture.now)
                books.waiting[ticket] = request
                books.apply(actions, context)
            case 5..<7:
                guard let ticket = books.holding.keys.sorted().randomElement(using: &random) else { continue }
                books.holding[ticket] = nil
                books.apply(fixture.release(ticket), context)
            case 7:
                guard let ticket = books.waiting.keys.sorted().randomElement(using: &random) else { continue }
                books.apply(fixture.withdraw(ticket), context)
            case 8:
                guard let ticket = books.holding.keys.sorted().randomElement(using: &random) else { continue }
                books.holding[ticket]?.hasSlot = false
                books.apply(fixture.abandon(ticket), context)
            default:
                books.apply(fixture.tick(at: fixture.now), context)
            }
            if let violation = books.violation(of: fixture.queue) {
                Issue.record("\(violation): \(context)")
                return
            }
        }
        #expect(!books.holding.isEmpty, "seed \(seed): nothing ever ran")
        while let ticket = books.holding.keys.min() {
            books.holding[ticket] = nil
            books.apply(fixture.release(ticket), "seed \(seed), at the end")
        }
        #expect(books.waiting.isEmpty, "seed \(seed): somebody is still waiting while all is free")
        #expect(fixture.queue.active == 0 && fixture.queue.memoryHeld == 0, "seed \(seed)")
    }

    /// A stream of greedy, interactive and small work must not keep a large background request out for ever.
    @Test(arguments: UInt64(1)...10)
    func nobodyStarves(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let fixture = QueueFixture(slots: 4, memory: 100) { $0.queueCapacity = 10_000 }
        var holding: [AdmissionTicket] = []
        var victim: AdmissionTicket?
        for step in 0..<2_000 {
            fixture.now += .milliseconds(100)
            var actions = fixture.tick(at: fixture.now)
            if step == 100 {
                let (ticket, more) = fixture.ask("victim", .background, memory: 95, wait: .seconds(10_000))
                #expect(more.isEmpty, "seed \(seed): the victim never had to wait")
                victim = ticket
                actions += more
            }
            for _ in 0..<2 {
                let client = "greedy\(Int.random(in: 0..<3, using: &random))"
                actions += fixture.ask(client, memory: Int.random(in: 1...40, using: &random)).actions
            }
            for case .grant(let ticket) in actions { holding.append(ticket) }
            guard victim.map({ !holding.contains($0) }) ?? true else { return }
            if !holding.isEmpty {
                let ended = holding.remove(at: Int.random(in: holding.indices, using: &random))
                for case .grant(let ticket) in fixture.release(ended) { holding.append(ticket) }
                guard victim.map({ !holding.contains($0) }) ?? true else { return }
            }
        }
        Issue.record("seed \(seed): starved for 190 s")
    }

    private func request(using random: inout SeededGenerator) -> AdmissionRequest {
        AdmissionRequest(
            kind: OperationKind.allCases.randomElement(using: &random) ?? .upload,
            client: ["a", "b", "c", "d"].randomElement(using: &random) ?? "a",
            priority: OperationPriority.allCases.randomElement(using: &random) ?? .batch,
            memory: Int.random(in: 0...110, using: &random),
            waitLimit: .milliseconds(Int.random(in: 0...20_000, using: &random))
        )
    }
}
