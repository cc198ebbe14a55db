import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore

/// How far the reading of all contents is, across runs and restarts.
struct VerificationProgress: Codable, Equatable {
    /// The name under which the catalog keeps it.
    static let name = "verification"

    /// The row of the last content that was read.
    var row: Int64 = 0
    /// When the last part that was due was read.
    var lastRunAt: Date?

    /// How many bytes are due.
    ///
    /// - Parameters:
    ///   - total: Bytes of all contents.
    ///   - period: The time in which everything is read once.
    ///   - now: The time.
    /// - Returns: The share that went by since the last time, a thirtieth where there was none.
    func dueBytes(of total: Int64, period: Duration, at now: Date) -> Int64 {
        let share = self.lastRunAt.map { now.timeIntervalSince($0) / max(1, period.inSeconds) } ?? 1 / 30
        return Int64((Double(total) * min(1, max(0, share))).rounded(.up))
    }
}

/// Contents stay damaged, and a restart has lost sources that might have had their bytes.
private struct LostSources: OperationFailure {
    var failureCode: String { "sources_lost" }
    var failureMessage: String { "a restart has lost sources of good bytes: ask for the repair again" }
}

/// Reads contents again and compares them with their digests.
struct VerificationStrategy: Strategy {
    private static let page = 100

    func run(_ context: RunContext) async throws {
        try await self.verify(context)
        guard !context.isDryRun else { return }
        if !context.repairSources.isEmpty {
            try await Repair(context: context, sources: context.repairSources).run()
        }
        if context.hasLostSources, try !context.catalog.damagedBlobs(after: 0, limit: 1).isEmpty {
            throw LostSources()
        }
    }

    private func verify(_ context: RunContext) async throws {
        var progress = try self.load(context)
        let totals = try context.catalog.totals()
        let total = totals.physicalBytes - totals.reclaimableBytes
        let period = context.configuration.verification.period
        // Empty contents are looked at too, though there is nothing to read.
        let due = context.verifiesAll ? max(1, total) : progress.dueBytes(of: total, period: period, at: context.now())
        var row = context.verifiesAll ? context.position.flatMap(Int64.init) ?? 0 : progress.row
        // A part that is due goes on from the begin where it meets the end, and never further than once around.
        let first = row
        var mayWrap = !context.verifiesAll && first > 0
        var end = Int64.max
        var read: Int64 = 0
        pages: while due > 0, context.verifiesAll || read < due {
            let page = try context.catalog.blobs(after: row, limit: Self.page)
            guard !page.isEmpty else {
                guard mayWrap else { break }
                (mayWrap, row, end) = (false, 0, first)
                continue
            }
            for blob in page {
                guard blob.row <= end, context.verifiesAll || read < due else { break pages }
                read += try await self.verify(blob.record, context, done: read, of: due)
                row = blob.row
                self.keep(row, &progress, context)
            }
        }
        guard !context.isDryRun, !context.verifiesAll else { return }
        progress.lastRunAt = context.now()
        self.keep(row, &progress, context)
    }

    /// - Returns: Bytes that were read.
    private func verify(
        _ blob: BlobRecord,
        _ context: RunContext,
        done: Int64,
        of due: Int64
    ) async throws -> Int64 {
        context.report { $0.filesExamined += 1 }
        guard blob.state == .live, !blob.isDamaged else {
            if blob.isDamaged { context.report { $0.count("known_damaged") } }
            try await context.proceed(to: Double(done) / Double(due))
            return 0
        }
        do {
            var finding = try await self.inspect(blob, context)
            // Twice, lest a fault of the memory or the cable costs a content.
            if finding == .damaged { finding = try await self.inspect(blob, context) }
            try await self.settle(finding, blob, context)
        } catch {
            try context.skip(error)
        }
        context.operation.update(fraction: min(1, Double(done + blob.storedSize) / Double(due)))
        try await context.journal.saveWhenDue()
        return blob.storedSize
    }

    private func inspect(_ blob: BlobRecord, _ context: RunContext) async throws -> ContentFinding {
        let pace = context.pace
        return try await context.store.inspect(blob) { bytes in try await pace.spend(bytes: bytes) }
    }

    private func settle(_ finding: ContentFinding, _ blob: BlobRecord, _ context: RunContext) async throws {
        switch finding {
        case .changed: return
        case .intact: break
        case .damaged:
            if !context.isDryRun {
                let pace = context.pace
                guard try await context.store.condemn(blob, onBytes: { _ in try pace.showLife() }) else { return }
                context.onEvent(.contentDamaged(blob.id, files: blob.references))
            }
            context.report { $0.count("damaged") }
        }
        context.report { report in
            report.filesProcessed += 1
            report.bytesBefore += blob.storedSize
            report.bytesAfter += blob.storedSize
        }
    }

    private func load(_ context: RunContext) throws -> VerificationProgress {
        guard let text = try context.catalog.note(VerificationProgress.name) else { return VerificationProgress() }
        // What cannot be read is begun anew: nothing but time is lost.
        return (try? JSONDecoder().decode(VerificationProgress.self, from: Data(text.utf8))) ?? VerificationProgress()
    }

    private func keep(_ row: Int64, _ progress: inout VerificationProgress, _ context: RunContext) {
        if context.verifiesAll { context.position = "\(row)" }
        guard !context.isDryRun, !context.verifiesAll else { return }
        progress.row = row
        guard let data = try? JSONEncoder().encode(progress) else { return }  // numbers can be encoded
        context.journal.note(VerificationProgress.name, String(decoding: data, as: UTF8.self))
    }
}
