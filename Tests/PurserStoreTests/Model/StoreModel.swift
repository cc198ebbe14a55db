import PurserOperations
import PurserCatalog
import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import SystemPackage
import Testing

/// What a store must hold, and the comparison.
struct StoreModel {
    /// Bytes, and the digest that they must have.
    struct Content: Equatable {
        let bytes: ByteBuffer
        let digest: BlobID

        init(_ size: Int, seed: UInt64) throws {
            // Half of them can be compressed.
            self.bytes = (UInt64(size) &+ seed).isMultiple(of: 2) ? text(size, seed: seed) : sample(size, seed: seed)
            self.digest = try self.bytes.digest()
        }

        var isInFile: Bool { self.bytes.readableBytes > StoreFolder.inlineLimit }
    }

    /// Sizes on both sides of the inline limit.
    static let sizes = [0, 1, limit - 1, limit, limit + 1, 9000, 20_000]
    static let keys = ["a", "a/b", "b", "c", "\u{e9}", "..", "z z"]
    private static let limit = StoreFolder.inlineLimit

    /// The content under each key.
    private(set) var files: [String: Content] = [:]

    /// A change of at most one key, of which nothing or all has happened.
    struct Change {
        var key: String
        var after: Content?
    }

    mutating func apply(_ change: Change?) {
        guard let change else { return }
        self.files[change.key] = change.after
    }

    /// After a crash in the middle of a change: finds out whether it has happened.
    mutating func settle(_ change: Change?, by store: OpenStore, _ comment: Comment) throws {
        guard let change else { return }
        let file = try store.files.list(ListRequest(bucket: .default)).files.first { $0.key.text == change.key }
        let before = self.files[change.key]?.digest
        #expect(file?.blob == before || file?.blob == change.after?.digest, comment)
        if file?.blob != before { self.apply(change) }
    }

    /// Compares the listing, and reads some or all of the files.
    func compare(with store: OpenStore, readingAll: Bool, _ comment: Comment) async throws {
        let listed = try store.files.list(ListRequest(bucket: .default)).files
        #expect(Set(listed.map(\.key.text)) == Set(self.files.keys), comment)
        for (number, file) in listed.enumerated() where readingAll || number == 0 {
            guard let content = self.files[file.key.text] else { continue }
            #expect(try await store.read(file.key.text) == content.bytes, comment)
        }
        // Notes of these reads are written before anything else, lest they come between a look and a removal.
        try await store.files.catalog.flushAccesses()
        try await store.files.catalog.keepNote("model", "read")
    }

    /// After sweep and collection, there are bytes on the disk for what has a name and for nothing else.
    func compareDisk(of store: OpenStore, _ comment: Comment) async throws {
        try await store.files.sweep()
        #expect(try await store.files.collect().failures == 0, comment)
        var expected: Set<String> = []
        for content in self.files.values where content.isInFile {
            let encoding = try store.files.catalog.blob(content.digest).flatMap { BlobEncoding(rawValue: $0.encoding) }
            let path = store.folder.layout.file(of: content.digest, encoding: encoding ?? .raw)
            expected.insert(path.lastComponent?.string ?? "")
        }
        #expect(Set(try store.folder.blobFiles()) == expected, comment)
        #expect(
            try store.bytesOnDisk() == store.files.totals().physicalBytes - store.files.totals().inlineBytes,
            comment
        )
        #expect(try store.folder.stagingFiles().isEmpty, comment)
        #expect(try store.files.totals().reclaimableBytes == 0, comment)
        #expect(store.resources.metrics().diskReserved == 0, comment)
        try store.expectTrueCounters(comment)
    }
}
