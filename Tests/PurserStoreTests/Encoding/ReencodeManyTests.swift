import Foundation
import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
@testable import PurserStore
import PurserTestSupport
import Synchronization
import Testing

/// Small contents are kept otherwise together, and each of them counts for itself.
@Suite(.timeLimit(.minutes(2)))
struct ReencodeManyTests {
    private struct Stopped: Error {}

    private static let zstd = ReencodeRequest(coding: .zstd)

    /// Stores contents under the keys "0", "1" and so on.
    private static func fill(_ store: OpenStore, _ count: Int) async throws -> [BlobRecord] {
        var records: [BlobRecord] = []
        for number in 0..<count {
            let blob = try await store.put("\(number)", text(1000 + number, seed: UInt64(number))).file.blob
            records.append(try #require(try store.files.catalog.blob(blob)))
        }
        return records
    }

    private static func expectContents(_ store: OpenStore, _ count: Int) async throws {
        for number in 0..<count {
            #expect(try await store.read("\(number)") == text(1000 + number, seed: UInt64(number)))
        }
        try store.expectTrueCounters()
    }

    @Test(arguments: ContentCoding.allCases)
    func manyTakeOneTransactionThereAndOneBack(_ coding: ContentCoding) async throws {
        try await withStore { store in
            let before = try await Self.fill(store, 20)
            let batches = store.files.catalog.metrics().batches
            let outcomes = try await store.files.reencodeInline(before, ReencodeRequest(coding: coding))
            #expect(store.files.catalog.metrics().batches == batches + 1)
            let after = try before.map { try #require(try store.files.catalog.blob($0.id)) }
            for (outcome, (old, new)) in zip(try outcomes.map { try $0.get() }, zip(before, after)) {
                #expect(outcome.result == .reencoded && outcome.bytesBefore == old.storedSize)
                #expect(outcome.bytesAfter == new.storedSize && new.storedSize < old.storedSize)
                #expect(new.encoding == "inline-\(coding.rawValue)")
            }
            try await Self.expectContents(store, 20)
            let back = try await store.files.reencodeInline(after, ReencodeRequest(coding: nil))
            #expect(try back.allSatisfy { try $0.get().result == .reencoded })
            #expect(try before.map { try store.files.catalog.blob($0.id) } == before)
            try await Self.expectContents(store, 20)
        }
    }

    @Test func dryRunForetellsAndChangesNothing() async throws {
        try await withStore { store in
            let before = try await Self.fill(store, 5)
            var request = Self.zstd
            request.isDryRun = true
            let foretold = try await store.files.reencodeInline(before, request).map { try $0.get() }
            #expect(try before.map { try store.files.catalog.blob($0.id) } == before)
            let done = try await store.files.reencodeInline(before, Self.zstd).map { try $0.get() }
            #expect(foretold == done)
        }
    }

    @Test func eachHasAnOutcomeOfItsOwn() async throws {
        try await withStore { store in
            var records = try await Self.fill(store, 4)
            let noise = try await store.put("noise", sample(2000)).file.blob
            let large = try await store.put("large", text(50_000)).file.blob
            let gone = try await store.put("gone", text(700)).file.blob
            for blob in [noise, large, gone] { records.append(try #require(try store.files.catalog.blob(blob))) }
            // One is spoiled, one goes, one is encoded by others first.
            let form = records[1].form
            var bytes = Data(try #require(try store.files.catalog.inlineContent(of: records[1].id)))
            bytes[7] ^= 1
            let spoiled = BlobForm(encoding: form.encoding, bytes: bytes)
            #expect(try await store.files.catalog.keep(records[1].id, as: spoiled, insteadOf: form))
            try await store.delete("gone")
            try await store.reencode("2", .gzip)
            let outcomes = try await store.files.reencodeInline(records, Self.zstd)
            let results = outcomes.map { try? $0.get().result }
            #expect(results == [.reencoded, nil, .changed, .reencoded, .incompressible, .changed, .changed])
            #expect(throws: StoreError.self) { try outcomes[1].get() }
            #expect(try store.files.file(bucket: .default, key: FileKey("1")).isDamaged)
            try await store.put("1", text(1001, seed: 1))
            try await Self.expectContents(store, 4)
            #expect(try store.encoding("2") == "inline-gzip" && store.encoding("large") == "raw")
        }
    }

    /// What an upload holds is waited for, the others are not held up.
    @Test func contentThatIsHeldIsDoneByItself() async throws {
        try await withStore { store in
            let records = try await Self.fill(store, 3)
            let (isHeld, mayGo) = (Gate(), Gate())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await store.files.pins.withPin(on: records[1].id) {
                    } _: {
                        isHeld.open()
                        await mayGo.wait()
                    }
                }
                await isHeld.wait()
                group.addTask {
                    let outcomes = try await store.files.reencodeInline(records, Self.zstd)
                    #expect(try outcomes.map { try $0.get().result } == [.reencoded, .reencoded, .reencoded])
                }
                while try store.encoding("2") != "inline-zstd" { await Task.yield() }
                #expect(try store.encoding("1") == "inline")
                mayGo.open()
                try await group.waitForAll()
            }
            #expect(try store.encoding("1") == "inline-zstd")
            try await Self.expectContents(store, 3)
        }
    }

    @Test func endBeforeTheCommitLeavesAllAsTheyWere() async throws {
        try await withStore { store in
            let records = try await Self.fill(store, 5)
            let asked = Atomic(0)
            await #expect(throws: Stopped.self) {
                try await store.files.reencodeInline(records, Self.zstd) { bytes in
                    #expect(bytes >= 1000)
                    if asked.add(1, ordering: .relaxed).newValue == 4 { throw Stopped() }
                }
            }
            #expect(try records.map { try store.files.catalog.blob($0.id) } == records)
        }
    }
}
