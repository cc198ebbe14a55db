import Purser
import PurserIdentifiers

/// Names that are asked for.
struct FileQuery: Sendable, Hashable {
    /// The bucket.
    var bucket: BucketName
    /// Only keys that begin so.
    var prefix = ""
    /// What rolls up keys, where something does.
    var delimiter: String?
    /// Most entries of a page; 1–1,000.
    var limit = 1000
}

/// A page of names.
struct FilePage: Sendable {
    /// Where the next page goes on.
    enum Cursor: Sendable, Hashable {
        /// The server's word for it.
        case remote(String)
        /// The store's.
        case local(ListPosition)
    }

    /// The files, in byte order.
    var files: [FileDocument]
    /// What further keys begin with, up to the delimiter.
    var prefixes: [String]
    /// Where the next page goes on; `nil` on the last one.
    var next: Cursor?
}

/// The files that a query finds, fetched page by page as they are asked for.
struct FileWalk {
    private let service: any StorageService
    private let query: FileQuery
    private var pending: ArraySlice<FileDocument> = []
    private var next: FilePage.Cursor?
    private var isStarted = false

    /// Begins at the first file.
    init(_ query: FileQuery, of service: any StorageService) {
        self.service = service
        self.query = query
    }

    /// The next file; `nil` after the last one.
    mutating func nextFile() async throws -> FileDocument? {
        while self.pending.isEmpty {
            guard !self.isStarted || self.next != nil else { return nil }
            self.isStarted = true
            let page = try await self.service.list(self.query, after: self.next)
            self.pending = page.files[...]
            self.next = page.next
        }
        return self.pending.popFirst()
    }
}
