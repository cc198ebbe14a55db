import PurserOperations
import Foundation
import PurserCatalog
import PurserStore

/// Checks that every content is counted rightly and has its bytes, and mends what is not so.
///
/// First the counters, which are then right for the references as they stand, then the references, then the disk, then
/// further names where buckets want only the oldest.
struct DeduplicationStrategy: Strategy {
    /// Rows of contents that one step checks.
    private static let rows: Int64 = 10_000
    private static let shards = 256

    func run(_ context: RunContext) async throws {
        // A repair of counts is quick, and done again after a restart; the disk is gone on with.
        let shard = context.position.flatMap(Int.init) ?? 0
        if shard == 0 {
            context.report { ($0.filesExamined, $0.errors) = (0, [:]) }
            try await self.checkCounters(context)
            try await self.checkRows(context)
        }
        for shard in shard..<Self.shards {
            try await self.compare(UInt8(shard), context)
            context.position = "\(shard + 1)"
            try await context.proceed(to: 0.4 + 0.5 * Double(shard + 1) / Double(Self.shards))
        }
        if !context.configuration.deduplication.keepsOldestOnly.isEmpty {
            try await DuplicateRemoval(context: context).run()
        }
    }

    private func checkRows(_ context: RunContext) async throws {
        let last = try context.catalog.lastBlobRow()
        var row: Int64 = 0
        while row < last {
            let end = min(row + Self.rows, last)
            let wrong = try context.catalog.miscountedBlobs(after: row, through: end)
            let empty = try context.catalog.inlineBlobsWithoutBytes(after: row, through: end)
            context.report { $0.filesExamined += end - row }
            var repaired: Int64 = 0
            for blob in wrong {
                if context.isDryRun {
                    repaired += 1
                } else if try await context.catalog.recount(blobRow: blob.row, at: context.now()) != nil {
                    repaired += 1
                }
            }
            context.report { report in
                report.count("wrong_references", repaired)
                report.filesProcessed += repaired
            }
            if repaired > 0, !context.isDryRun { context.onEvent(.countsRepaired(repaired)) }
            for blob in empty { try await self.missing(blob.record, context) }
            row = end
            try await context.proceed(to: 0.2 + 0.2 * Double(row) / Double(last))
        }
    }

    private func checkCounters(_ context: RunContext) async throws {
        let operation = context.operation
        let catalog = context.catalog
        let totals = try catalog.totals()
        let rows = Double(max(1, totals.files + totals.blobs))
        let drift = try await context.store.onDiskThreads {
            var done = 0.0
            return try catalog.counterDrift { count in
                try operation.checkCancellation()
                done += Double(count)
                operation.update(fraction: 0.2 * min(1, done / rows))
            }
        }
        try await context.proceed(to: 0.2)
        guard drift.count > 0 else { return }
        context.report { report in
            report.count("wrong_counters", Int64(drift.count))
            report.filesProcessed += Int64(drift.count)
        }
        guard !context.isDryRun else { return }
        try await context.catalog.correct(drift)
        context.onEvent(.countsRepaired(Int64(drift.count)))
    }

    private func compare(_ shard: UInt8, _ context: RunContext) async throws {
        let findings = try await context.store.compareShard(shard, isDryRun: context.isDryRun)
        context.report { report in
            report.filesExamined += findings.examined
            report.filesProcessed += findings.orphans
            report.bytesBefore += findings.orphanBytes
            report.spaceSavedBytes += findings.orphanBytes
            report.count("blobs_without_row", findings.orphans)
        }
        for record in findings.missing { self.tell(missing: record, context) }
    }

    /// A row whose bytes are not there: its files answer an error from now on.
    private func missing(_ record: BlobRecord, _ context: RunContext) async throws {
        if !context.isDryRun {
            guard try await context.store.condemn(record) else { return }
        }
        self.tell(missing: record, context)
    }

    private func tell(missing record: BlobRecord, _ context: RunContext) {
        context.report { $0.count("rows_without_bytes") }
        if !context.isDryRun { context.onEvent(.contentDamaged(record.id, files: record.references)) }
    }
}
