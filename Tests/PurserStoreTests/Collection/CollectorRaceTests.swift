import PurserCatalog
import NIOCore
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Testing

/// The collector against uploads, deletes and copies of the same few contents, without a grace time.
@Suite(.timeLimit(.minutes(5)))
struct CollectorRaceTests {
    private static let contents = [sample(100, seed: 1), sample(9000, seed: 2), sample(9001, seed: 3)]

    /// Each worker owns its keys, so it knows what must be under them; the contents are everybody's.
    private static func work(_ worker: Int, _ seed: UInt64, _ rounds: Int, in store: OpenStore) async throws {
        var random = SeededGenerator(seed: seed &* 100 &+ UInt64(worker))
        var mine: [String: ByteBuffer] = [:]
        for round in 0..<rounds {
            let key = "\(worker)-\(Int.random(in: 0..<2, using: &random))"
            let comment: Comment = "seed \(seed), worker \(worker), round \(round), key \(key)"
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let content = contents[Int.random(in: 0..<contents.count, using: &random)]
                try await store.put(key, content)
                mine[key] = content
            case 5..<9:
                guard mine.removeValue(forKey: key) != nil else { continue }
                try await store.delete(key)
            default:
                try await store.files.collect()
            }
            for (key, content) in mine {
                #expect(try await store.read(key) == content, comment)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func everyAcknowledgedFileReadsBack(_ seed: UInt64) async throws {
        try await withStore({ $0.collectGrace = .zero }) { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask { try await Self.work(worker, seed, 40, in: store) }
                }
                group.addTask {
                    for _ in 0..<60 {
                        try await store.files.collect()
                        await Task.yield()
                    }
                }
                group.addTask {
                    for _ in 0..<3 {
                        let report = try await store.files.sweep()
                        #expect(report == CollectionReport(), "seed \(seed)")
                    }
                }
                try await group.waitForAll()
            }
            try await store.files.collect()
            try store.expectTrueCounters("seed \(seed)")
            let raw = try store.files.list(ListRequest(bucket: .default)).files.filter { $0.encoding == "raw" }
            #expect(try store.folder.blobFiles().count == Set(raw.map(\.blob)).count, "seed \(seed)")
            #expect(try store.folder.stagingFiles().isEmpty, "seed \(seed)")
        }
    }
}
