import PurserOperations
import PurserBlobs
import PurserCatalog
import PurserStore

/// Removes what nothing refers to, after its grace time, and gives room within the catalog's file back.
///
/// Bytes of files that the optimizer itself removed were counted as won then, and are not again.
struct CollectionStrategy: Strategy {
    /// Pages that go in one transaction.
    private static let pages = 256

    func run(_ context: RunContext) async throws {
        context.lookAgain()
        try await self.collect(context)
        try await self.removeStale(context)
        guard !context.isDryRun else { return }
        try await self.compact(context)
        await context.catalog.checkpoint()
        try await context.proceed(to: 1)
    }

    private func collect(_ context: RunContext) async throws {
        let waiting = try context.catalog.retiredFigures(before: context.store.collectLimit)
        context.report { $0.filesExamined += waiting.blobs }
        guard !context.isDryRun else {
            context.report { report in
                report.filesProcessed += waiting.blobs
                report.bytesBefore += waiting.bytes
                report.spaceSavedBytes += waiting.uncredited
            }
            return
        }
        var done: Int64 = 0
        while true {
            let round = try await context.store.collect(rounds: 1)
            done += Int64(round.blobs)
            context.report { report in
                report.filesProcessed += Int64(round.blobs)
                report.bytesBefore += round.bytes
                report.spaceSavedBytes += round.bytes - round.creditedBytes
                if round.failures > 0 { report.errors["io_error", default: 0] += Int64(round.failures) }
            }
            guard round.blobs > 0 else { return }
            try await context.proceed(to: 0.8 * Double(done) / Double(max(done, waiting.blobs)))
        }
    }

    private func removeStale(_ context: RunContext) async throws {
        let stale = try await context.store.removeStale(isDryRun: context.isDryRun, isAlive: context.isAlive)
        context.report { report in
            report.count("stale_files", Int64(stale.files))
            report.filesProcessed += Int64(stale.files)
            report.bytesBefore += stale.bytes
            report.spaceSavedBytes += stale.bytes
        }
        try await context.proceed(to: 0.85)
    }

    /// Gives unused pages back, but for as many as writes will soon want again.
    private func compact(_ context: RunContext) async throws {
        let found = try context.catalog.freePages()
        let kept = max(Self.pages, found.total / 50)
        guard found.isIncremental, found.free > 2 * kept else { return }
        var left = found.free - kept
        while left > 0 {
            let pages = min(Self.pages, left)
            try await context.catalog.giveBackPages(limit: pages)
            left -= pages
            context.report { $0.count("catalog_pages_given_back", Int64(pages)) }
            try await context.proceed(to: 0.85 + 0.1 * (1 - Double(left) / Double(found.free)))
        }
    }
}
