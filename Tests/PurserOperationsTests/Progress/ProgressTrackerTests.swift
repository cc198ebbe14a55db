import PurserIdentifiers
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserOperations

/// What was called, in order.
final class Calls: Sendable {
    private let calls = Mutex<[String]>([])

    var all: [String] { self.calls.withLock { $0 } }

    func add(_ call: String) {
        self.calls.withLock { $0.append(call) }
    }
}

@Suite struct ProgressTrackerTests {
    private func tracker(remembered: Int = 1_000, histories: Int = 100) -> ProgressTracker {
        var configuration = ProgressConfiguration()
        configuration.remembered = remembered
        configuration.rememberedHistories = histories
        return ProgressTracker(clock: StepClock(), configuration: configuration)
    }

    private func run(_ tracker: ProgressTracker, _ count: Int) throws -> [OperationID] {
        try (0..<count).map { index in
            let operation = try tracker.begin(.upload, name: "\(index)")
            try operation.start()
            operation.finish(.success(()))
            return operation.id
        }
    }

    @Test func theLastFinishedAreRemembered() throws {
        let tracker = self.tracker(remembered: 5, histories: 2)
        let live = try tracker.begin(.copy, name: "live")
        let ids = try self.run(tracker, 8)
        #expect(ids.prefix(3).allSatisfy { tracker.snapshot($0) == nil })
        #expect(ids.suffix(5).allSatisfy { tracker.snapshot($0) != nil })
        #expect(tracker.operation(live.id) === live)
        #expect(ids.suffix(5).map { tracker.history($0)?.count } == [1, 1, 1, 3, 3])
        #expect(tracker.history(ids[7], limit: 2)?.map(\.state) == [.running, .succeeded])
        #expect(tracker.history(ids[3])?.map(\.state) == [.succeeded])
    }

    @Test func anIDIsTakenAsLongAsItIsRemembered() throws {
        let tracker = self.tracker(remembered: 1)
        let id = try self.run(tracker, 1)[0]
        let error = #expect(throws: OperationError.self) { _ = try tracker.begin(.upload, id: id, name: "again") }
        #expect(error?.code == .operationExists)
        _ = try self.run(tracker, 1)
        #expect(try tracker.begin(.upload, id: id, name: "again").id == id)
    }

    @Test func listsArePagedNewestFirst() throws {
        let tracker = self.tracker()
        let ids = try self.run(tracker, 7)
        let live = try tracker.begin(.copy, name: "live")
        let first = tracker.list(limit: 3)
        #expect(first.snapshots.map(\.id) == [live.id, ids[6], ids[5]])
        let second = tracker.list(limit: 5, after: first.next)
        #expect(second.snapshots.map(\.id) == ids.prefix(5).reversed())
        #expect(second.next == nil)
        #expect(tracker.list(state: .queued, limit: 10).snapshots.map(\.id) == [live.id])
        #expect(tracker.list(kind: .upload, limit: 2).snapshots.map(\.id) == [ids[6], ids[5]])
        #expect(tracker.list(limit: 3, after: OperationID()).snapshots.isEmpty)
    }
}
