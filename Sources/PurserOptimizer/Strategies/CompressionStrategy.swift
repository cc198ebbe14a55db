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
            for blob in page where !context.forecast.isFreed(blob.row) {
                let place = Double(blob.row - 1) / last..<Double(blob.row) / last
                switch try await self.encode(blob.record, at: place, encoder, context) {
                case .success(.unsuitable): unsuitable.append(blob.record.id)
                case .success: break
                case .failure(let error): if isStoreFull(error) { notFitting = error }
                }
                context.position = "\(blob.row)"
                try await context.proceed(to: Double(blob.row) / last)
            }
            if !context.isDryRun, !unsuitable.isEmpty {
                try await context.catalog.noteVerdict(on: unsuitable, policy: policy.verdict)
            }
            row = end
        }
        if let notFitting, context.filesProcessed == 0 { throw notFitting }
    }

    /// - Returns: What became of a content; the error where that concerns it alone, and is counted.
    private func encode(
        _ blob: BlobRecord,
        at place: Range<Double>,
        _ encoder: Reencoder,
        _ context: RunContext
    ) async throws -> Result<Reencoder.Outcome, any Error> {
        do {
            let (pace, operation) = (context.pace, context.operation)
            let progress = EncodingProgress(of: blob.size, at: place)
            let outcome = try await encoder.encode(blob, context.operation.id, isDryRun: context.isDryRun) { bytes in
                // How far it is, before the bytes: what is told is done.
                operation.update(fraction: progress.fraction(before: bytes))
                try await pace.spend(bytes: bytes)
            }
            context.report { report in
                report.filesExamined += 1
                guard case .encoded(let before, let after) = outcome else { return }
                report.filesProcessed += 1
                report.bytesBefore += before
                report.bytesAfter += after
                report.spaceSavedBytes += before - after
            }
            return .success(outcome)
        } catch {
            try context.skip(error, wanting: blob.size)
            context.report { $0.filesExamined += 1 }
            if (error as? StoreError)?.code == .contentDamaged, !context.isDryRun {
                context.onEvent(.contentDamaged(blob.id, files: blob.references))
            }
            return .failure(error)
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
