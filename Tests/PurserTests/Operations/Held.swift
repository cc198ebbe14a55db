import Purser
import PurserTestSupport
import Testing

/// An operation that holds its slot until it may end.
final class Held: Sendable {
    let id = OperationID()
    let mayEnd = Gate()
    let task: Task<Void, any Error>
    private let runs = Gate()
    private let manager: FileStorageManager

    init(_ manager: FileStorageManager, client: String = "local") {
        self.manager = manager
        let (id, runs, mayEnd) = (self.id, self.runs, self.mayEnd)
        self.task = Task {
            let admission = AdmissionOptions(operationID: id, client: client)
            try await manager.withOperation("held", options: OperationOptions(admission: admission)) { _ in
                runs.open()
                try await mayEnd.waitOrThrow()
            }
        }
    }

    func isRunning() async throws {
        await self.runs.wait()
        #expect(self.manager.operations.snapshot(self.id)?.state == .running)
    }

    /// Returns when it stands in the queue.
    func isQueued() async {
        await self.manager.isQueued(self.id)
    }
}

extension FileStorageManager {
    /// Returns when an operation stands in the queue.
    func isQueued(_ id: OperationID) async {
        while self.operations.snapshot(id)?.queuePosition == nil { await Task.yield() }
    }
}
