package import Foundation
import GRDB
package import PurserIdentifiers

extension Catalog {
    /// Files of a job that wait, in order; they count as begun from here on.
    ///
    /// - Parameters:
    ///   - job: The job's row.
    ///   - limit: Files at most.
    ///   - starts: A file that is begun for at least so many times is begun alone: it may be what ended the process, and
    ///     the others are not to be counted with it.
    ///   - allowsAlone: Whether there may be such a file among them; they wait on otherwise, as one is under way.
    /// - Returns: The files as they are now, running.
    /// - Throws: ``CatalogError``.
    package func startItems(
        ofJob job: Int64,
        limit: Int,
        aloneFrom starts: Int = .max,
        allowsAlone: Bool = true
    ) async throws -> [JobItemRecord] {
        try await self.writer.submit { transaction in
            let bound = allowsAlone ? Int.max : starts - 1
            var items = try transaction.db.all(JobQuery.queuedItems, [job, bound, max(1, limit)]) {
                try JobItemRecord($0)
            }
            if let first = items.firstIndex(where: { $0.starts + 1 >= starts }) {
                items.removeLast(items.count - max(1, first))
            }
            for index in items.indices {
                try transaction.write(JobQuery.startItem, [job, items[index].number])
                items[index].state = .running
                items[index].starts += 1
            }
            return items
        }
    }

    /// Whether files of a job wait.
    package func hasQueuedItems(ofJob job: Int64) throws -> Bool {
        try self.readers.read { db in try db.first(JobQuery.queuedItems, [job, Int.max, 1]) { _ in true } } ?? false
    }

    /// Has files wait again that were begun and are not done, as if they had not been begun.
    package func returnItems(_ numbers: [Int64], ofJob job: Int64) async throws {
        guard !numbers.isEmpty else { return }
        try await self.writer.submit { transaction in
            for number in numbers { try transaction.write(JobQuery.returnItem, [job, number]) }
        }
    }

    /// Has all files wait again that a crash cut off; their begin counts.
    package func returnInterruptedItems(ofJob job: Int64) async throws {
        try await self.writer.submit { try $0.write(JobQuery.returnItems, [job]) }
    }

    /// Keeps how files of a job ended, with all that belongs to it, in one transaction.
    ///
    /// A file that has ended before stays as it was.
    ///
    /// - Parameters:
    ///   - ends: The files.
    ///   - job: The job's row.
    /// - Throws: ``CatalogError``; then nothing is kept.
    package func end(_ ends: [JobItemEnd], ofJob job: Int64) async throws {
        guard !ends.isEmpty else { return }
        try await self.writer.submit { transaction in
            var counts = JobCounts()
            for end in ends where try transaction.end(end, ofJob: job) {
                switch end.state {
                case .queued, .running: break
                case .succeeded: counts.succeeded += 1
                case .failed, .timedOut, .quarantined: counts.failed += 1
                case .skipped: counts.skipped += 1
                }
                if end.isCached, end.state == .succeeded { counts.cached += 1 }
            }
            try transaction.write(
                JobQuery.countItems,
                [counts.succeeded, counts.failed, counts.skipped, counts.cached, job]
            )
        }
    }

    /// A page of the files of a job, in order.
    ///
    /// - Parameters:
    ///   - job: The job's row.
    ///   - number: The last file of the page before.
    ///   - limit: Files of the page.
    /// - Returns: The files, fewer than the limit on the last page.
    /// - Throws: ``CatalogError``.
    package func items(ofJob job: Int64, after number: Int64? = nil, limit: Int) throws -> [JobItemRecord] {
        try self.readers.read { db in
            try db.all(JobQuery.items, [job, number ?? -1, max(1, limit)]) { try JobItemRecord($0) }
        }
    }

    /// What the steps did with some files of a job, in order.
    package func steps(ofJob job: Int64, items: ClosedRange<Int64>) throws -> [JobStepRecord] {
        try self.readers.read { db in try db.steps(ofJob: job, items) }
    }

    /// Notes something that was done for a file and must not be done again, until the file has ended.
    package func noteStep(_ name: String, _ document: String, ofItem item: Int64, job: Int64) async throws {
        try await self.writer.submit { try $0.write(JobQuery.noteStep, [job, item, name, document]) }
    }

    /// What was noted of a file, by name.
    package func stepNotes(ofItem item: Int64, job: Int64) throws -> [String: String] {
        try self.readers.read { db in
            let notes = try db.all(JobQuery.stepNotes, [job, item]) { (try $0.text(0), try $0.text(1)) }
            return Dictionary(notes) { $1 }
        }
    }

    /// Files whose source is gone, and which are to go with it; in no order.
    package func orphans(limit: Int) throws -> [(bucket: BucketName, key: FileKey)] {
        try self.readers.read { db in try db.orphans(limit: max(1, limit)) }
    }

    /// Removes a file whose source is gone, and which was to go with it.
    ///
    /// Found and removed in one: a source that came back keeps its results, and what somebody put in the place of one stays.
    ///
    /// - Parameter time: When it is removed.
    /// - Returns: Whether there was one.
    /// - Throws: ``CatalogError``.
    package func deleteOrphan(at time: Date) async throws -> Bool {
        try await self.writer.submit { transaction in
            guard let orphan = try transaction.db.orphans(limit: 1).first else { return false }
            _ = try transaction.delete(orphan.bucket, orphan.key, precondition: .none, at: time)
            return true
        }
    }
}

extension Database {
    /// What the steps did with some files of a job, in order.
    func steps(ofJob job: Int64, _ items: ClosedRange<Int64>) throws -> [JobStepRecord] {
        try self.all(JobQuery.steps, [job, items.lowerBound, items.upperBound]) { row in
            JobStepRecord(item: try row.integer(0), name: try row.text(1), document: try row.text(2))
        }
    }

    fileprivate func orphans(limit: Int) throws -> [(bucket: BucketName, key: FileKey)] {
        try self.all(JobQuery.orphans, [limit]) { row in
            guard let bucket = try? BucketName(try row.text(0)),  // written by us, or damaged
                let key = try row.bytes(1, { bytes in try? FileKey(utf8: bytes) })
            else { throw CatalogError.undecodable("the name of a file") }
            return (bucket, key)
        }
    }
}

extension WriteTransaction {
    /// Keeps how one file ended.
    ///
    /// - Returns: Whether it had not ended before.
    fileprivate func end(_ end: JobItemEnd, ofJob job: Int64) throws -> Bool {
        try self.write(JobQuery.endItem, [end.state.rawValue, end.document, job, end.number])
        guard self.db.changesCount == 1 else { return false }
        for (position, step) in end.steps.enumerated() {
            try self.write(JobQuery.insertStep, [job, end.number, position, step.name, step.document])
        }
        try self.write(JobQuery.forgetStepNotes, [job, end.number])
        for key in end.dependents {
            try self.write(JobQuery.keepDerived, [end.key.data, end.key.data, key.data, end.bucket.text])
        }
        return true
    }
}
