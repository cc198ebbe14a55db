import PurserOperations
import PurserCatalog
import NIOCore
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Testing

/// What a store must hold, and the comparison.
struct StoreModel {
    static let limit = StoreFolder.inlineLimit
    /// Few contents, so that they are met again and again; most of them around the inline limit.
    static let contents = [0, 1, 10, limit - 1, limit, limit + 1, limit + 1, 9000, 9000, 70_000]
        .enumerated().map { number, size in sample(size, seed: UInt64(number)) }
    static let keys = ["a", "a/b", "b", "c", "\u{e9}", "..", "z z"]

    /// Index of the content under each key.
    private(set) var files: [String: Int] = [:]

    /// A change of at most one key, of which nothing or all has happened.
    struct Change {
        var key: String
        var after: Int?
    }

    mutating func apply(_ change: Change?) {
        guard let change else { return }
        self.files[change.key] = change.after
    }

    /// After a crash in the middle of a change: finds out whether it has happened.
    mutating func settle(_ change: Change?, by store: OpenStore, _ comment: Comment) throws {
        guard let change else { return }
        let file = try store.files.list(ListRequest(bucket: .default)).files.first { $0.key.text == change.key }
        let before = try self.files[change.key].map { try Self.contents[$0].digest() }
        let after = try change.after.map { try Self.contents[$0].digest() }
        #expect(file?.blob == before || file?.blob == after, comment)
        if file?.blob != before { self.apply(change) }
    }

    /// Compares the listing, and reads some or all of the files.
    func compare(with store: OpenStore, readingAll: Bool, _ comment: Comment) async throws {
        let listed = try store.files.list(ListRequest(bucket: .default)).files
        #expect(Set(listed.map(\.key.text)) == Set(self.files.keys), comment)
        for (number, file) in listed.enumerated() where readingAll || number == 0 {
            guard let index = self.files[file.key.text] else { continue }
            #expect(try await store.read(file.key.text) == Self.contents[index], comment)
        }
    }

    /// After sweep and collection, there are bytes on the disk for what has a name and for nothing else.
    func compareDisk(of store: OpenStore, _ comment: Comment) async throws {
        try await store.files.sweep()
        #expect(try await store.files.collect().failures == 0, comment)
        var expected: Set<String> = []
        for index in self.files.values where Self.contents[index].readableBytes > Self.limit {
            expected.insert(try Self.contents[index].digest().hex)
        }
        #expect(Set(try store.folder.blobFiles()) == expected, comment)
        #expect(try store.folder.stagingFiles().isEmpty, comment)
        #expect(try store.files.totals().reclaimableBytes == 0, comment)
        #expect(store.resources.metrics().diskReserved == 0, comment)
        try store.expectTrueCounters(comment)
    }
}
