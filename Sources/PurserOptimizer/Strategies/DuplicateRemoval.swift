import PurserOperations
import PurserStore
import PurserCatalog
import PurserIdentifiers

/// Removes further names of one content within a bucket; the name that was written first stays.
struct DuplicateRemoval {
    /// Names that one step looks at.
    private static let names = 1_000

    let context: RunContext

    func run() async throws {
        let removals = Removals(context: self.context, isByUse: false)
        var group: DuplicateGroup?
        repeat {
            let page = try self.context.catalog.duplicates(after: group?.position, limit: 100)
            for found in page {
                try await self.remove(found, removals)
            }
            group = page.last
            try await self.context.proceed(to: 0.95)
        } while group != nil
    }

    /// Two passes over the names, so that memory does not grow with them.
    private func remove(_ group: DuplicateGroup, _ removals: Removals) async throws {
        var oldest: [BucketName: FileCandidate] = [:]
        try await self.forEachPage(of: group) { files in
            for file in files {
                guard let known = oldest[file.bucket] else {
                    oldest[file.bucket] = file
                    continue
                }
                if file.createdAt < known.createdAt { oldest[file.bucket] = file }
            }
        }
        try await self.forEachPage(of: group) { files in
            let further = try files.filter { file in
                try oldest[file.bucket]?.key != file.key && removals.mayRemove(file)
            }
            let before = self.context.filesProcessed
            // The one that was to stay may have gone or been written since.
            try await removals.remove(
                further.map { file in
                    let reason = "a further name of a content that the bucket has"
                    return FileRemoval(file, reason: reason, sparesLastName: true)
                }
            )
            self.context.report { $0.count("duplicates_removed", $0.filesProcessed - before) }
        }
    }

    private func forEachPage(
        of group: DuplicateGroup,
        _ body: ([FileCandidate]) async throws -> Void
    ) async throws {
        let buckets = self.context.configuration.deduplication.keepsOldestOnly
        var last: FileCandidate?
        repeat {
            let files = try self.context.catalog.files(ofBlob: group.row, after: last, limit: Self.names)
            last = files.count == Self.names ? files.last : nil
            try await body(files.filter { buckets.contains($0.bucket) })
            try await self.context.pace.spend(bytes: 0)
        } while last != nil
    }
}
