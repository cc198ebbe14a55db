import Logging
import PurserIdentifiers
import PurserOperations
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserOperations

/// Keeps what is reported of operations that ended.
final class Reports: Sendable {
    private let reports = Mutex<[OperationReport]>([])

    var all: [OperationReport] { self.reports.withLock { $0 } }

    func add(_ report: OperationReport) { self.reports.withLock { $0.append(report) } }
}

/// A manager whose time stands still until the test moves it.
struct ManagerFixture {
    let clock = StepClock()
    let reports = Reports()
    let tracker: ProgressTracker
    let manager: ResourceManager

    init(slots: Int = 1, disk: DiskSpace = .unlimited, _ change: (inout ResourceConfiguration) -> Void = { _ in }) {
        var configuration = ResourceConfiguration()
        configuration.maxConcurrentOperations = slots
        change(&configuration)
        self.tracker = ProgressTracker(clock: self.clock, onEnd: self.reports.add)
        self.manager = ResourceManager(
            configuration: configuration,
            tracker: self.tracker,
            disk: disk,
            clock: self.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Takes a slot that is free.
    func hold(client: String = "holder", memory: Int = 1) async throws -> Slot {
        try await self.manager.admit(for: .upload, memory: memory, name: "holder", client: client, deadline: .zero)
    }

    /// Has an operation wait in the queue, and returns when it does.
    func queue(
        _ id: OperationID = OperationID(),
        client: String = "waiter",
        deadline: Duration? = nil,
        body: @escaping @Sendable (Slot) async throws -> Void = { _ in }
    ) async -> Task<Void, any Error> {
        let before = self.waiting
        let task = Task {
            try await self.manager.withSlot(
                for: .upload,
                memory: 1,
                name: "waiter",
                client: client,
                deadline: deadline,
                id: id,
                body
            )
        }
        while self.waiting == before { await Task.yield() }
        return task
    }

    private var waiting: Int { self.manager.state.withLock { $0.queue.waiters.count } }

    /// Starts an operation and returns when its body runs.
    func start(
        _ id: OperationID = OperationID(),
        memory: Int = 1,
        body: @escaping @Sendable (Slot) async throws -> Void
    ) async -> Task<Void, any Error> {
        let isRunning = Gate()
        let task = Task {
            try await self.manager.withSlot(for: .upload, memory: memory, name: "runner", id: id) { slot in
                isRunning.open()
                try await body(slot)
            }
        }
        await isRunning.wait()
        return task
    }

    func pass(_ duration: Duration) {
        self.clock.advance(by: duration)
        self.manager.tick()
    }
}

/// Expects an error of this layer with a code.
func expectError(
    _ code: OperationError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as OperationError {
        #expect(error.code == code, sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error) is no OperationError", sourceLocation: sourceLocation)
    }
}
