@testable import PurserOperations

/// A queue with few slots, and short ways to use it.
final class QueueFixture {
    var queue: AdmissionQueue
    var now: Duration = .zero

    init(slots: Int = 1, memory: Int = 1_000, _ change: (inout ResourceConfiguration) -> Void = { _ in }) {
        var configuration = ResourceConfiguration()
        configuration.maxConcurrentOperations = slots
        configuration.memoryBudget = memory
        change(&configuration)
        self.queue = AdmissionQueue(configuration: configuration)
    }

    static func request(
        _ client: String,
        _ priority: OperationPriority = .interactive,
        kind: OperationKind = .upload,
        memory: Int = 1,
        wait: Duration = .seconds(1_000)
    ) -> AdmissionRequest {
        AdmissionRequest(kind: kind, client: client, priority: priority, memory: memory, waitLimit: wait)
    }

    func ask(
        _ client: String = "a",
        _ priority: OperationPriority = .interactive,
        kind: OperationKind = .upload,
        memory: Int = 1,
        wait: Duration = .seconds(1_000)
    ) -> (ticket: AdmissionTicket, actions: [AdmissionAction]) {
        let request = Self.request(client, priority, kind: kind, memory: memory, wait: wait)
        return self.queue.request(request, at: self.now)
    }

    func release(_ ticket: AdmissionTicket) -> [AdmissionAction] {
        self.queue.release(ticket, at: self.now)
    }

    func withdraw(_ ticket: AdmissionTicket) -> [AdmissionAction] {
        self.queue.withdraw(ticket, at: self.now)
    }

    func abandon(_ ticket: AdmissionTicket) -> [AdmissionAction] {
        self.queue.abandon(ticket, at: self.now)
    }

    func grow(_ ticket: AdmissionTicket, by bytes: Int) -> Bool {
        self.queue.grow(ticket, by: bytes)
    }

    /// Moves to a time.
    func tick(at now: Duration) -> [AdmissionAction] {
        self.now = now
        return self.queue.tick(at: now)
    }

    func press(_ pressure: AdmissionPressure) -> [AdmissionAction] {
        self.queue.setPressure(pressure, at: self.now)
    }

    func close() -> [AdmissionAction] {
        self.queue.close()
    }

    /// Ends what runs, one after the other, until nobody is left; the order in which the rest was granted.
    func drain(_ first: AdmissionTicket) -> [AdmissionTicket] {
        var order: [AdmissionTicket] = []
        var running = [first]
        while let next = running.popLast() {
            for case .grant(let ticket) in self.release(next) {
                order.append(ticket)
                running.append(ticket)
            }
        }
        return order
    }
}
