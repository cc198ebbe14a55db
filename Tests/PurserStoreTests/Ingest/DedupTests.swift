import PurserBlobs
import PurserCatalog
import NIOCore
import PurserIdentifiers
import PurserStore
import SystemPackage
import Testing

/// A content is kept once.
@Suite(.timeLimit(.minutes(5)))
struct DedupTests {
    static let sizes = [100, StoreFolder.inlineLimit + 100]

    @Test(arguments: sizes)
    func secondUploadOfAContentAddsNoBytes(_ size: Int) async throws {
        try await withStore { store in
            let content = sample(size)
            let first = try await store.put("a", content)
            let second = try await store.put("b", content)
            #expect(!first.deduplicated)
            #expect(second.deduplicated)
            #expect(!second.usedOfferedBytes)
            let totals = try store.files.totals()
            #expect(totals.logicalBytes == Int64(2 * size))
            #expect(totals.physicalBytes == Int64(size))
            try await store.delete("a")
            #expect(try await store.read("b") == content)
            try store.expectOnly(blobFiles: size > StoreFolder.inlineLimit ? 1 : 0, keys: ["b"])
            try store.expectTrueCounters()
        }
    }

    @Test func emptyContentIsNeverCalledDeduplicated() async throws {
        try await withStore { store in
            for key in ["a", "b"] {
                let outcome = try await store.put(key, ByteBuffer())
                #expect(!outcome.deduplicated)
                #expect(outcome.file.blob == .empty)
            }
        }
    }

    @Test(arguments: sizes)
    func manyUploadsOfOneContentAtOnceKeepItOnce(_ size: Int) async throws {
        try await withStore { store in
            let content = sample(size)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<10 {
                    group.addTask { _ = try await store.put("\(number)", content) }
                }
                try await group.waitForAll()
            }
            for number in 0..<10 {
                #expect(try await store.read("\(number)") == content)
            }
            #expect(try store.files.totals().physicalBytes == Int64(size))
            #expect(try store.folder.blobFiles().count == (size > StoreFolder.inlineLimit ? 1 : 0))
            #expect(try store.folder.stagingFiles().isEmpty)
            try store.expectTrueCounters()
        }
    }

    @Test func copyMovesNoBytes() async throws {
        try await withStore { store in
            let content = sample(50_000)
            let original = try await store.put("a", content) { $0.metadata = ["n": "1"] }
            let copy = try await store.files.copy(
                CopyRequest(from: (.default, FileKey("a")), to: (.default, FileKey("b")))
            )
            #expect(copy.file.blob == original.file.blob)
            #expect(copy.file.metadata == ["n": "1"])
            try await store.delete("a")
            #expect(try await store.read("b") == content)
            try store.expectOnly(blobFiles: 1, keys: ["b"])
            try store.expectTrueCounters()
        }
    }

    @Test(arguments: sizes)
    func contentWithoutANameIsTakenUpAgainWithoutItsBytes(_ size: Int) async throws {
        try await withStore { store in
            let content = sample(size)
            try await store.put("a", content)
            try await store.delete("a")
            let again = try await store.put("b", content)
            #expect(again.deduplicated)
            store.folder.time.advance(by: .seconds(7200))
            #expect(try await store.files.collect() == CollectionReport())
            #expect(try await store.read("b") == content)
        }
    }

    @Test(arguments: ["missing", "cut short"])
    func uploadHealsAContentWhoseBytesAreGone(_ damage: String) async throws {
        try await withStore { store in
            let content = sample(50_000)
            let file = try await store.put("a", content).file
            try damageFile(store.folder.layout.file(of: file.blob), damage)
            await expectError(.contentDamaged) { _ = try store.open("a") }
            try await store.put("b", content)
            #expect(try await store.read("b") == content)
            #expect(try await store.read("a") == content)
            #expect(try !store.files.file(bucket: .default, key: FileKey("a")).isDamaged)
            try store.expectOnly(blobFiles: 1, keys: ["a", "b"])
            try store.expectTrueCounters()
        }
    }

    @Test func uploadHealsAContentThatIsFlagged() async throws {
        try await withStore({ $0.verifiesReads = true }) { store in
            let content = sample(50_000)
            let file = try await store.put("a", content).file
            try damageFile(store.folder.layout.file(of: file.blob), "flipped")
            await expectError(.contentDamaged) { _ = try await store.read("a") }
            await expectError(.contentDamaged) { _ = try store.open("a") }
            let again = try await store.put("b", content)
            #expect(again.usedOfferedBytes)
            #expect(try await store.read("a") == content)
            #expect(try await store.read("b") == content)
            try store.expectTrueCounters()
        }
    }
}
