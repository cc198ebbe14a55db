import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Testing

/// When files were last read is kept, to the hour, where that is wanted.
@Suite(.timeLimit(.minutes(2)))
struct AccessTests {
    private func accessed(_ store: OpenStore) throws -> [String] {
        try store.files.catalog.filesByAccess(before: .distantFuture, after: nil, limit: 100).files.map(\.key.text)
    }

    @Test(arguments: AccessTracking.allCases)
    func readIsNotedOnceAnHour(_ tracking: AccessTracking) async throws {
        try await withStore({ $0.accessTracking = tracking }) { store in
            try await store.put("small", sample(10))
            try await store.put("large", sample(50_000))
            for _ in 0..<3 {
                _ = try await store.read("large")
                _ = try await store.read("small")
            }
            let before = store.files.catalog.metrics().items
            try await store.files.catalog.flushAccesses()
            let isTracked = tracking == .hourly
            #expect(store.files.catalog.metrics().items == before + (isTracked ? 1 : 0))
            #expect(try self.accessed(store) == (isTracked ? ["large", "small"] : []))
        }
    }

    @Test
    func notesAreWrittenBeforeTheStoreIsClosed() async throws {
        try await withStoreFolder { folder in
            var store = try await folder.open()
            try await store.put("a", sample(10))
            _ = try await store.read("a")
            try await store.files.close()
            store = try await folder.open()
            #expect(try self.accessed(store) == ["a"])
            try await store.files.close()
        }
    }
}
