import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import Testing

/// While a content is kept in two forms, the second is not room that uploads may take.
@Suite(.timeLimit(.minutes(2)))
struct ReencodeRoomTests {
    private struct Stop: Error {}

    /// Keeps a content otherwise.
    ///
    /// - Returns: The outcome, and the least room that uploads were offered meanwhile.
    private func reencode(
        _ blob: BlobID,
        _ coding: ContentCoding?,
        in store: OpenStore,
        stopsAfter calls: Int = .max
    ) async throws -> (outcome: ReencodeOutcome?, least: Int64) {
        let least = Lowest()
        do {
            let outcome = try await store.files.reencode(blob, ReencodeRequest(coding: coding)) { _ in
                guard least.note(try store.files.space().uploadableBytes) < calls else { throw Stop() }
            }
            return (outcome, least.value)
        } catch is Stop {
            return (nil, least.value)
        }
    }

    private final class Lowest: Sendable {
        private let state = Mutex((value: Int64.max, calls: 0))

        var value: Int64 { self.state.withLock { $0.value } }

        /// - Returns: How many values were noted before.
        func note(_ value: Int64) -> Int {
            self.state.withLock { state in
                state.value = min(state.value, value)
                defer { state.calls += 1 }
                return state.calls
            }
        }
    }

    @Test func secondFormCountsTowardsTheQuotaUntilTheFirstIsGone() async throws {
        try await withStore({ $0.quota = 10_000_000 }) { store in
            let blob = try await store.put("a", text(5_000_000)).file.blob
            let (compressed, least) = try await self.reencode(blob, .zstd, in: store)
            let encoded = try #require(compressed?.bytesAfter)
            #expect(least == 5_000_000 - encoded)
            #expect(try store.files.space().uploadableBytes == 10_000_000 - encoded)
            // Two windows are written when the throttle is asked for the last time.
            let (decoded, room) = try await self.reencode(blob, nil, in: store)
            #expect(decoded?.bytesAfter == 5_000_000)
            #expect(room == 10_000_000 - encoded - 4 * 1_048_576)
            #expect(try store.files.space().uploadableBytes == 5_000_000)
        }
    }

    @Test func roomOfASecondFormThatIsGivenUpIsFreeAgain() async throws {
        try await withStore({ $0.quota = 10_000_000 }) { store in
            let blob = try await store.put("a", text(5_000_000)).file.blob
            let (outcome, least) = try await self.reencode(blob, .zstd, in: store, stopsAfter: 2)
            #expect(outcome == nil && least < 5_000_000)
            #expect(try store.files.space().uploadableBytes == 5_000_000)
        }
    }

    /// A quota that is full is no reason not to compress, and one that would be exceeded is one not to decompress.
    @Test func fullQuotaLetsTheStoreBecomeSmallerAndNotLarger() async throws {
        try await withStore({ $0.quota = 5_000_000 }) { store in
            let blob = try await store.put("a", text(5_000_000)).file.blob
            let (outcome, _) = try await self.reencode(blob, .zstd, in: store)
            #expect(outcome?.result == .reencoded)
            try await store.put("b", sample(3_000_000))
            await expectError(.storeFull) { _ = try await self.reencode(blob, nil, in: store) }
            #expect(try store.encoding("a") == "zstd")
        }
    }

    /// Uploads keep to the floor of free space; what makes the store smaller may use half of it.
    @Test(arguments: [(1.2, true), (4.0, false)])
    func secondFormMayUseHalfOfTheFloor(_ share: Double, _ isAllowed: Bool) async throws {
        try await withStoreFolder { folder in
            var folder = folder
            var store = try await folder.open()
            let blob = try await store.put("a", text(100_000)).file.blob
            let free = try store.files.space().availableBytes
            try await store.files.close()
            folder.configuration.freeSpaceFloor = Int64(Double(free) * share)
            store = try await folder.open()
            await expectRefusal(.storeFull) { try await store.put("b", sample(10)) }
            if isAllowed {
                let (outcome, _) = try await self.reencode(blob, .zstd, in: store)
                #expect(outcome?.result == .reencoded)
            } else {
                await expectError(.storeFull) { _ = try await self.reencode(blob, .zstd, in: store) }
                #expect(try store.encoding("a") == "raw")
            }
            #expect(try store.folder.stagingFiles().isEmpty)
            try await store.files.close()
        }
    }
}
