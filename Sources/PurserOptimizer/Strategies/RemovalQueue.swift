import Foundation
import PurserCatalog

/// Files in the order in which they go, a page at a time.
struct RemovalQueue {
    private let catalog: Catalog
    private let order: RemovalOrder
    private let before: Date
    private var written: Cursor
    private var read: Cursor

    /// Files of one order that were fetched and not yet given out.
    private struct Cursor {
        var files: ArraySlice<FileCandidate> = []
        var next: CandidatePosition?
        var isAtEnd = false
    }

    /// Begins with the file that goes first.
    ///
    /// - Parameters:
    ///   - order: Which go first.
    ///   - limit: Files written later are left out.
    ///   - catalog: Where they are.
    init(_ order: RemovalOrder, writtenUntil limit: Date, in catalog: Catalog) {
        self.catalog = catalog
        self.order = order
        // Times are kept to the millisecond.
        self.before = limit + 0.001
        self.written = Cursor()
        self.read = Cursor(isAtEnd: order != .leastRecentlyUsed)
    }

    /// The next files; none at the end.
    mutating func next(limit: Int) throws -> [FileCandidate] {
        var files: [FileCandidate] = []
        while files.count < limit, let file = try self.next() { files.append(file) }
        return files
    }

    /// Merges files never read since they were written with those that were: both come in the order of their last use.
    private mutating func next() throws -> FileCandidate? {
        try self.fillWritten()
        try self.fillRead()
        switch (self.written.files.first, self.read.files.first) {
        case (nil, nil): return nil
        case (let written?, let read?) where read.usedAt < written.usedAt: return self.read.files.popFirst()
        case (nil, .some): return self.read.files.popFirst()
        default: return self.written.files.popFirst()
        }
    }

    private mutating func fillWritten() throws {
        while self.written.files.isEmpty, !self.written.isAtEnd {
            let limit = Removals.batch
            let page =
                if self.order == .largest {
                    try self.catalog.filesBySize(after: self.written.next, limit: limit)
                } else {
                    try self.catalog.filesByModification(before: self.before, after: self.written.next, limit: limit)
                }
            let isByUse = self.order == .leastRecentlyUsed
            self.written.files = page.files.filter { !isByUse || !$0.wasReadSinceItsWrite }[...]
            self.written.next = page.next
            self.written.isAtEnd = page.next == nil
        }
    }

    private mutating func fillRead() throws {
        while self.read.files.isEmpty, !self.read.isAtEnd {
            let page = try self.catalog.filesByAccess(
                before: .distantFuture,
                after: self.read.next,
                limit: Removals.batch
            )
            self.read.files = page.files.filter(\.wasReadSinceItsWrite)[...]
            self.read.next = page.next
            self.read.isAtEnd = page.next == nil
        }
    }
}

extension FileCandidate {
    fileprivate var wasReadSinceItsWrite: Bool { self.accessedAt.map { $0 >= self.modifiedAt } ?? false }
}
