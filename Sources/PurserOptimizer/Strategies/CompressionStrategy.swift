import PurserOperations
import PurserCatalog
import PurserIdentifiers
import PurserStore

/// Keeps contents encoded where that saves space.
///
/// A content is judged once under a codec and a level; so a run that was interrupted goes on with those that are left.
struct CompressionStrategy: Strategy {
    /// Contents of a page.
    private static let page = 100

    func run(_ context: RunContext) async throws {
        guard let encoder = context.reencode else {
            throw OptimizerError(.strategyUnavailable, "this optimizer was made without a codec")
        }
        let policy = context.configuration.compression
        let last = Double(max(1, try context.catalog.lastBlobRow()))
        var row: Int64 = 0
        while true {
            let page = try context.catalog.unencodedBlobs(
                after: row,
                minSize: policy.minSize,
                policy: policy.verdict,
                limit: Self.page
            )
            guard let end = page.last?.row else { return }
            var unsuitable: [BlobID] = []
            for blob in page where !context.forecast.isFreed(blob.row) {
                if try await self.encode(blob.record, encoder, context) == .unsuitable {
                    unsuitable.append(blob.record.id)
                }
                try await context.proceed(to: Double(blob.row) / last)
            }
            if !context.isDryRun, !unsuitable.isEmpty {
                try await context.catalog.noteVerdict(on: unsuitable, policy: policy.verdict)
            }
            row = end
        }
    }

    private func encode(
        _ blob: BlobRecord,
        _ encoder: Reencoder,
        _ context: RunContext
    ) async throws -> Reencoder.Outcome? {
        context.report { $0.filesExamined += 1 }
        do {
            let pace = context.pace
            let outcome = try await encoder.encode(blob, context.operation.id, isDryRun: context.isDryRun) { bytes in
                try await pace.spend(bytes: bytes)
            }
            if case .encoded(let before, let after) = outcome {
                context.report { report in
                    report.filesProcessed += 1
                    report.bytesBefore += before
                    report.bytesAfter += after
                    report.spaceSavedBytes += before - after
                }
            }
            return outcome
        } catch {
            try context.skip(error)
            if (error as? StoreError)?.code == .contentDamaged, !context.isDryRun {
                context.onEvent(.contentDamaged(blob.id, files: blob.references))
            }
            return nil
        }
    }
}
