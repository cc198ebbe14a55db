import InMemoryTracing
import Purser
import PurserTestSupport
import Testing
import Tracing

/// Opens a store in a folder of its own, for the time of the body.
func withTracedManager(_ body: @escaping @Sendable (FileStorageManager) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        var configuration = PurserConfiguration()
        configuration.storage.path = folder.appending("store")
        configuration.storage.freeSpaceFloor = 0
        let manager = try await FileStorageManager.open(configuration)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(manager))
        } catch {
            result = .failure(error)
        }
        await manager.drain(grace: .zero)
        try await manager.close()
        try result.get()
    }
}

/// Expects the stages of one upload, in their order.
func expectStages(_ spans: [FinishedInMemorySpan], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
        spans.map(\.operationName).sorted() == ["catalog", "disk", "hash", "queue"],
        sourceLocation: sourceLocation
    )
    let order = spans.sorted { $0.startInstant.nanosecondsSinceEpoch < $1.startInstant.nanosecondsSinceEpoch }
    #expect(order.first?.operationName == "queue", sourceLocation: sourceLocation)
    #expect(order.last?.operationName == "catalog", sourceLocation: sourceLocation)
}
