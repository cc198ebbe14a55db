import PurserBlobs
import PurserCatalog
import PurserOperations
import PurserStore
import PurserTestSupport
import Testing

@testable import PurserOptimizer

/// Runs of the optimizer as steps of a history.
extension OpenStore {
    private func optimizer(_ step: OptimizerStep) -> StorageOptimizer {
        let time = self.folder.time
        return StorageOptimizer(
            store: self.files,
            resources: self.resources,
            tracker: self.tracker,
            configuration: step.configuration,
            reencode: self.reencoder(step.configuration.compression),
            now: { time.now() },
            random: { 0 },
            logger: quiet
        )
    }

    /// Encodes as the policy asks for; where the process has died meanwhile, nothing more is written down.
    private func reencoder(_ policy: CompressionPolicy) -> Reencoder {
        let (files, disk) = (self.files, self.disk)
        let request = { @Sendable (isDryRun: Bool) in
            var request = ReencodeRequest(coding: ContentCoding(rawValue: policy.codec))
            request.isDryRun = isDryRun
            return request
        }
        return Reencoder { blob, operation, isDryRun, throttle in
            let request = request(isDryRun)
            do {
                let outcome = try await files.reencode(blob.id, request, operation: operation, throttle: throttle)
                return Self.outcome(outcome)
            } catch {
                // A second close is fine, and so is a failure: it is a process that dies.
                if disk.isDown { try? await files.catalog.close() }
                throw error
            }
        } several: { blobs, operation, isDryRun, throttle in
            let request = request(isDryRun)
            do {
                let outcomes = try await files.reencodeInline(blobs, request, operation: operation, throttle: throttle)
                if disk.isDown { try? await files.catalog.close() }
                return outcomes.map { $0.map(Self.outcome) }
            } catch {
                if disk.isDown { try? await files.catalog.close() }
                throw error
            }
        }
    }

    private static func outcome(_ outcome: ReencodeOutcome) -> Reencoder.Outcome {
        switch outcome.result {
        case .reencoded: .encoded(before: outcome.bytesBefore, after: outcome.bytesAfter)
        case .incompressible, .unsuitableSize: .unsuitable
        case .alreadyEncoded, .changed: .skipped
        }
    }

    /// Does a run.
    @discardableResult
    func run(
        _ step: OptimizerStep,
        isDryRun: Bool = false,
        repairingFrom sources: [RepairSource] = []
    ) async throws -> RunReport {
        var request = RunRequest(step.strategies, isDryRun: isDryRun)
        request.verifiesAll = true
        request.repairSources = sources
        return try await self.optimizer(step).run(request)
    }

    /// Goes on with a run that was cut off, as the next start does.
    ///
    /// - Returns: Its report; `nil` where none was.
    func resume(_ step: OptimizerStep, _ comment: Comment) async throws -> RunReport? {
        guard let kept = try self.files.catalog.runningRun() else { return nil }
        // What the failing disk has ended before the process died stays so.
        let ended = try RunDocument(text: kept.document).report.strategies.filter { $0.value.failure != nil }.keys
        let optimizer = self.optimizer(step)
        await optimizer.resume()
        let report = try optimizer.report(ofRun: kept.id)
        #expect(report.state == (ended.isEmpty ? .succeeded : .failed), "\(report), \(comment)")
        #expect(report.strategies.filter { $0.value.failure != nil }.keys.sorted() == ended.sorted(), comment)
        #expect(try self.files.catalog.runningRun() == nil, comment)
        return report
    }

    /// Expects that a run without any trouble has done all that it was asked for.
    func expectDone(_ step: OptimizerStep, _ report: RunReport, _ comment: Comment) throws {
        #expect(report.state == .succeeded, "\(report), \(comment)")
        #expect(report.strategies.values.allSatisfy { $0.errors.isEmpty }, "\(report), \(comment)")
        let (catalog, totals) = (self.files.catalog, try self.files.totals())
        let removed = (report[.age]?.filesProcessed ?? 0) + (report[.sizeLimit]?.filesProcessed ?? 0)
        #expect(removed == Int64(step.going.count), comment)
        if step.strategies.contains(.compression) {
            let policy = step.configuration.compression
            let left = try catalog.unencodedBlobs(
                after: 0,
                minSize: policy.minSize,
                policy: policy.verdict,
                limit: 10
            )
            #expect(left.isEmpty, comment)
        }
        if step.strategies.contains(.collection) { #expect(totals.reclaimableBytes == 0, comment) }
        if step.strategies.contains(.verification) {
            #expect(report[.verification]?.filesProcessed == totals.blobs, comment)
        }
    }
}
