import SystemPackage
import PurserTestSupport
import PurserCatalog
import Foundation
import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserStore
import Synchronization
import Testing

/// Bytes that are not what was acknowledged are not handed out as if they were.
@Suite(.timeLimit(.minutes(5)))
struct DamageTests {
    @Test(arguments: ["missing", "cut short"])
    func blobThatIsGoneOrTooShortIsNotOpened(_ damage: String) async throws {
        try await withStore { store in
            let file = try await store.put("a", sample(50_000)).file
            try damageFile(store.folder.layout.file(of: file.blob), damage)
            await expectError(.contentDamaged) { _ = try store.open("a") }
        }
    }

    /// Whoever found it damaged may have looked while it went and came back.
    @Test(arguments: [2000, 50_000])
    func contentThatIsGoodIsNotCondemned(_ size: Int) async throws {
        try await withStore { store in
            let blob = try await store.put("a", sample(size)).file.blob
            let record = try #require(try store.files.catalog.blob(blob))
            #expect(try await !store.files.condemn(record))
            #expect(try await store.read("a") == sample(size))
        }
    }

    @Test func blobCutShortWhileItIsReadEndsTheRead() async throws {
        try await withStore { store in
            let file = try await store.put("a", sample(1_000_000)).file
            let content = try store.open("a")
            let delivered = Atomic(0)
            await expectError(.contentDamaged) {
                try await store.files.read(content, range: 0..<1_000_000) { piece in
                    delivered.add(piece.readableBytes, ordering: .relaxed)
                    try damageFile(store.folder.layout.file(of: file.blob), "cut short")
                }
            }
            let bytes = delivered.load(ordering: .relaxed)
            #expect(bytes > 0 && bytes < 1_000_000)
        }
    }

    @Test func flippedBitsAreSentUnreadUnlessReadsAreVerified() async throws {
        try await withStore { store in
            let file = try await store.put("a", sample(50_000)).file
            try damageFile(store.folder.layout.file(of: file.blob), "flipped")
            #expect(try await store.read("a") != sample(50_000))
        }
    }

    @Test(arguments: [5_000, 1_000_000])
    func verifiedReadHoldsTheLastPieceBackAndFlagsTheContent(_ size: Int) async throws {
        try await withStore({ $0.verifiesReads = true }) { store in
            let file = try await store.put("a", sample(size)).file
            try await store.put("b", sample(size))
            try damageFile(store.folder.layout.file(of: file.blob), "flipped")
            let content = try store.open("a")
            let delivered = Atomic(0)
            await expectError(.contentDamaged) {
                try await store.files.read(content, range: 0..<Int64(size)) { piece in
                    delivered.add(piece.readableBytes, ordering: .relaxed)
                }
            }
            let bytes = delivered.load(ordering: .relaxed)
            #expect(bytes < size)
            for key in ["a", "b"] {
                #expect(try store.files.file(bucket: .default, key: FileKey(key)).isDamaged)
                await expectError(.contentDamaged) { _ = try store.open(key) }
            }
        }
    }

    @Test func damageIsReportedAsDamageByAReadOnlyStoreToo() async throws {
        try await withStore({ $0.verifiesReads = true }) { store in
            let file = try await store.put("a", sample(50_000)).file
            store.disk.fail(.synchronize, with: .inputOutput, on: "staging", times: 1)
            await expectError(.readOnly) { try await store.put("b", sample(50_000, seed: 2)) }
            try damageFile(store.folder.layout.file(of: file.blob), "flipped")
            await expectError(.contentDamaged) { _ = try await store.read("a") }
        }
    }

    @Test func inlineBytesAreCheckedAsTheyAreRead() async throws {
        try await withStoreFolder { folder in
            var store = try await folder.open()
            let content = sample(3000)
            try await store.put("a", content)
            try await store.files.close()
            // The page that holds them, found by the bytes themselves.
            let path = URL(filePath: folder.layout.catalog.string)
            var bytes = try Data(contentsOf: path)
            let place = try #require(bytes.range(of: Data(content.readableBytesView.prefix(2000))))
            bytes[place.lowerBound] ^= 1
            try bytes.write(to: path)
            store = try await folder.open()
            await expectError(.contentDamaged) { _ = try store.open("a") }
            try await store.put("b", content)
            #expect(try await store.read("a") == content)
            #expect(try await store.read("b") == content)
            try await store.files.close()
        }
    }

    @Test(arguments: [FileSystemCall.open, .read])
    func failingDiskIsNotTakenForDamage(_ call: FileSystemCall) async throws {
        try await withStore { store in
            let content = sample(50_000)
            try await store.put("a", content)
            store.disk.fail(call, with: .inputOutput, on: "blobs")
            await expectError(.inputOutput) { _ = try await store.read("a") }
            #expect(store.disk.injectedFaults > 0)
            store.disk.heal()
            #expect(try await store.read("a") == content)
            #expect(store.files.readOnlyReason == nil)
        }
    }
}
