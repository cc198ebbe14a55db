import GRDB
import PurserIdentifiers

/// A page of what a job did: some of its files, and what their steps did.
package struct JobPage: Sendable, Equatable {
    /// The files, in order.
    package var items: [JobItemRecord] = []
    /// What was done with them, by file and in order.
    package var steps: [JobStepRecord] = []
    /// Whether there are files behind them.
    package var hasMore = false
}

extension Catalog {
    /// A page of what a job did, which ends at a number of files or of bytes, whichever comes first.
    ///
    /// What steps found out may be large: by the number of files alone, a page could have any size.
    ///
    /// - Parameters:
    ///   - job: The job's row.
    ///   - number: The last file of the page before.
    ///   - limit: Files of the page at most.
    ///   - maxBytes: Bytes of names and documents at most; the first file is there however large it is.
    /// - Returns: The page; a file is on it with all of its steps, or not at all.
    /// - Throws: ``CatalogError``.
    package func page(ofJob job: Int64, after number: Int64?, limit: Int, maxBytes: Int) throws -> JobPage {
        try self.readers.read { db in
            var page = JobPage()
            var (last, bytes) = (number ?? -1, 0)
            while let item = try db.first(JobQuery.items, [job, last, 1], { try JobItemRecord($0) }) {
                guard page.items.count < max(1, limit) else {
                    page.hasMore = true
                    break
                }
                // One that has not ended has none.
                let steps = item.document == nil ? [] : try db.steps(ofJob: job, item.number...item.number)
                let size = steps.reduce(item.bytes) { $0 + $1.bytes }
                guard page.items.isEmpty || size <= maxBytes - bytes else {
                    page.hasMore = true
                    break
                }
                page.items.append(item)
                page.steps += steps
                last = item.number
                bytes += size
            }
            return page
        }
    }
}

extension JobItemRecord {
    fileprivate var bytes: Int { self.key.text.utf8.count + (self.document?.utf8.count ?? 0) }
}

extension JobStepRecord {
    fileprivate var bytes: Int { self.name.utf8.count + self.document.utf8.count }
}
