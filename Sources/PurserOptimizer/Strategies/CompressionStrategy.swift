import PurserOperations
import PurserCatalog
import PurserIdentifiers
import PurserStore
import Synchronization

/// Keeps contents encoded where that saves space.
///
/// A content is judged once under a codec and a level. A run that was interrupted goes on behind the last one that its report
/// has counted; what it had encoded since is not found again, and what it had found unsuitable in the same page is left to
/// the next run. A content whose second form finds no room is an error of that content, and the next is tried: the strategy
/// ends as failed where the disk has next to no room left, or none of the contents has fitted.
struct CompressionStrategy: Strategy {
    /// Contents of a page.
    private static let page = 100
    /// Contents that are encoded together, where they are small, and their bytes: uploads of them wait for the commit.
    private static let group = (contents: 50, bytes: 256 * 1024)

    func run(_ context: RunContext) async throws {
        guard let encoder = context.reencode else {
            throw OptimizerError(.strategyUnavailable, "this optimizer was made without a codec")
        }
        let policy = context.configuration.compression
        let last = Double(max(1, try context.catalog.lastBlobRow()))
        var row = context.position.flatMap(Int64.init) ?? 0
        var notFitting: (any Error)?
        while true {
            let page = try context.catalog.unencodedBlobs(
                after: row,
                minSize: policy.minSize,
                policy: policy.verdict,
                limit: Self.page
            )
            guard let end = page.last?.row else { break }
            var unsuitable: [BlobID] = []
            let contents = page.filter { !context.forecast.isFreed($0.row) }
            for group in Self.groups(of: contents, encoder) {
                let rows = group[0].row...group[group.count - 1].row
                let place = Double(rows.lowerBound - 1) / last..<Double(rows.upperBound) / last
                let outcomes = try await self.encode(group.map(\.record), at: place, encoder, context)
                for (blob, outcome) in zip(group, outcomes) {
                    switch outcome {
                    case .success(.unsuitable): unsuitable.append(blob.record.id)
                    case .success: break
                    case .failure(let error): if isStoreFull(error) { notFitting = error }
                    }
                }
                context.position = "\(rows.upperBound)"
                try await context.proceed(to: place.upperBound)
            }
            if !context.isDryRun, !unsuitable.isEmpty {
                try await context.catalog.noteVerdict(on: unsuitable, policy: policy.verdict)
            }
            row = end
        }
        if let notFitting, context.filesProcessed == 0 { throw notFitting }
    }

    /// Contents in their order, those together that are encoded together.
    private static func groups(of contents: [NumberedBlob], _ encoder: Reencoder) -> [[NumberedBlob]] {
        var groups: [[NumberedBlob]] = []
        var bytes = 0
        for content in contents {
            let joins = encoder.joins(content.record)
            bytes += Int(content.record.size)
            if joins, let last = groups.last, encoder.joins(last[0].record), last.count < Self.group.contents,
                bytes <= Self.group.bytes
            {
                groups[groups.count - 1].append(content)
            } else {
                groups.append([content])
                bytes = Int(content.record.size)
            }
        }
        return groups
    }

    /// - Returns: What became of each content; the error where that concerns it alone, and is counted.
    private func encode(
        _ blobs: [BlobRecord],
        at place: Range<Double>,
        _ encoder: Reencoder,
        _ context: RunContext
    ) async throws -> [Result<Reencoder.Outcome, any Error>] {
        let (pace, operation) = (context.pace, context.operation)
        let progress = EncodingProgress(of: blobs.reduce(0) { $0 + $1.size }, at: place)
        let outcomes = try await encoder.encode(blobs, operation.id, isDryRun: context.isDryRun) { bytes in
            // How far it is, before the bytes: what is told is done.
            operation.update(fraction: progress.fraction(before: bytes))
            try await pace.spend(bytes: bytes)
        }
        // What is done is counted first: a failure may end the run.
        for case .success(let outcome) in outcomes { Self.count(outcome, context) }
        for case (let blob, .failure(let error)) in zip(blobs, outcomes) { try Self.count(error, of: blob, context) }
        return outcomes
    }

    private static func count(_ outcome: Reencoder.Outcome, _ context: RunContext) {
        context.report { report in
            report.filesExamined += 1
            guard case .encoded(let before, let after) = outcome else { return }
            report.filesProcessed += 1
            report.bytesBefore += before
            report.bytesAfter += after
            report.spaceSavedBytes += before - after
        }
    }

    private static func count(_ error: any Error, of blob: BlobRecord, _ context: RunContext) throws {
        try context.skip(error, wanting: blob.size)
        context.report { $0.filesExamined += 1 }
        if (error as? StoreError)?.code == .contentDamaged, !context.isDryRun {
            context.onEvent(.contentDamaged(blob.id, files: blob.references))
        }
    }
}

/// How much of a strategy is done while it works on one content, which may be large.
private final class EncodingProgress: Sendable {
    private let size: Int64
    private let place: Range<Double>
    private let bytes = Atomic<Int64>(0)

    /// Begins with a content.
    ///
    /// - Parameters:
    ///   - size: Its bytes; each of them is told twice, as it is encoded and as that is checked.
    ///   - place: What part of the strategy the content is.
    init(of size: Int64, at place: Range<Double>) {
        self.size = max(1, size)
        self.place = place
    }

    /// Counts bytes that are about to be worked on.
    ///
    /// - Returns: How much of the strategy was done before.
    func fraction(before bytes: Int) -> Double {
        let done = self.bytes.wrappingAdd(Int64(bytes), ordering: .relaxed).oldValue
        let part = min(1, Double(done) / Double(2 * self.size))
        return self.place.lowerBound + (self.place.upperBound - self.place.lowerBound) * part
    }
}
