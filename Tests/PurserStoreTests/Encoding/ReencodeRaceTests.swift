import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Testing

/// Others use a content while it is kept otherwise, again and again.
@Suite(.timeLimit(.minutes(5)))
struct ReencodeRaceTests {
    private static let codings: [ContentCoding?] = [.zstd, .gzip, nil]

    @Test(arguments: [2000, 40_000])
    func readersAndUploadsNeverMissABeat(_ size: Int) async throws {
        try await withStore { store in
            let content = text(size)
            try await store.put("a", content)
            let done = Flag()
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    defer { done.raise() }
                    var changes = 0
                    for round in 0..<60 {
                        if round >= 30, size <= StoreFolder.inlineLimit {
                            let request = ReencodeRequest(coding: Self.codings[round % 3])
                            let outcomes = try await store.reencodeTogether([content.digest()], request)
                            changes += outcomes.map(\.result) == [.reencoded] ? 1 : 0
                        } else {
                            let outcome = try await store.reencode("a", Self.codings[round % 3])
                            changes += outcome.result == .reencoded ? 1 : 0
                        }
                    }
                    return changes
                }
                for reader in 0..<3 {
                    group.addTask {
                        while !done.isRaised {
                            if reader == 0 { store.files.dropCaches() }
                            let read = try await store.read("a")
                            #expect(read == content)
                            // Reading from memory suspends nowhere: the others have to come to their turn.
                            await Task.yield()
                        }
                        return 0
                    }
                }
                group.addTask {
                    while !done.isRaised {
                        let outcome = try await store.put("b", content)
                        #expect(outcome.deduplicated)
                        try await store.delete("b")
                        await Task.yield()
                    }
                    return 0
                }
                let changes = try await group.reduce(0, +)
                #expect(changes == 60)
            }
            let file = try store.files.file(bucket: .default, key: FileKey("a"))
            #expect(!file.isDamaged)
            #expect(try store.files.totals().physicalBytes == file.storedSize)
            try store.expectOnly(blobFiles: size > StoreFolder.inlineLimit ? 1 : 0, keys: ["a"])
        }
    }

    @Test(arguments: [2000, 40_000])
    func deletesCollectionsAndReplacementsLeaveNothing(_ size: Int) async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            let content = text(size)
            let blob = try content.digest()
            let done = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { done.raise() }
                    for round in 0..<60 {
                        try await store.put("a", content)
                        let read = try await store.read("a")
                        #expect(read == content)
                        if round.isMultiple(of: 2) {
                            try await store.delete("a")
                        } else {
                            try await store.put("a", sample(100, seed: UInt64(round)))
                        }
                    }
                }
                for number in 0..<2 {
                    group.addTask {
                        while !done.isRaised {
                            let request = ReencodeRequest(coding: number == 0 ? .zstd : .gzip)
                            if number == 0 {
                                _ = try await store.files.reencode(blob, request)
                            } else {
                                try await store.reencodeTogether([blob], request)
                            }
                            await Task.yield()
                        }
                    }
                }
                group.addTask {
                    while !done.isRaised {
                        try await store.files.collect()
                        await Task.yield()
                    }
                }
                try await group.waitForAll()
            }
            try await store.files.collect()
            try store.expectOnly(blobFiles: 0, keys: ["a"])
            #expect(try store.files.totals().physicalBytes == 100)
            #expect(try await store.files.sweep() == CollectionReport())
        }
    }

    /// Two at a time: one of them finds that the other was faster.
    @Test func twoThatCompressTheSameContentAgree() async throws {
        try await withStore { store in
            for round in 0..<10 {
                let key = "\(round)"
                let content = text(30_000, seed: UInt64(round))
                try await store.put(key, content)
                async let first = store.reencode(key, .zstd)
                async let second = store.reencode(key, .zstd)
                let results = [try await first.result, try await second.result]
                #expect(results.contains(.reencoded))
                #expect(Set(results).isSubset(of: [.reencoded, .changed, .alreadyEncoded]))
                #expect(results.count { $0 == .reencoded } == 1)
                #expect(try await store.read(key) == content)
            }
            #expect(try store.folder.blobFiles().count == 10)
        }
    }
}
