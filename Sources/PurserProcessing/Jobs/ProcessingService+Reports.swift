import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore

extension ProcessingService {
    /// Bytes of what is kept of the files of a page, at most: reports are held in memory as a whole.
    static let reportBytes = 2 << 20

    /// What a job did, as far as it is, some files at a time.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - number: The last file of the page before, see ``JobReport/next``.
    ///   - limit: Files of the page, at most 1,000; there are fewer where much is to be told of them (2 MiB), and always one.
    /// - Returns: The page; each shows a moment of its own.
    /// - Throws: ``ProcessingError`` `.jobNotFound`; `StoreError`.
    public func report(_ id: String, after number: Int64? = nil, limit: Int = 100) throws -> JobReport {
        let record = try self.record(id)
        let limit = max(1, min(limit, 1_000))
        do {
            let page = try self.catalog.page(
                ofJob: record.number,
                after: number,
                limit: limit,
                maxBytes: Self.reportBytes
            )
            var steps: [Int64: [StepReport]] = [:]
            for step in page.steps {
                let report = try JSONDecoder().decode(StepReport.self, from: Data(step.document.utf8))
                steps[step.item, default: []].append(report)
            }
            // Read after its files: one that has ended has no file under way.
            let job = try self.record(id)
            return JobReport(
                job: self.document(job),
                items: try page.items.map { try JobItemReport($0, steps[$0.number] ?? [], isOver: job.endedAt != nil) },
                next: page.hasMore ? page.items.last?.number : nil
            )
        } catch {
            throw StoreError.surfaced(error)
        }
    }
}

extension JobItemReport {
    /// What the report says of a file; `isOver` where the job has ended, as what is not done then never will be.
    fileprivate init(_ item: JobItemRecord, _ steps: [StepReport], isOver: Bool) throws {
        let document = try item.document.map {
            try JSONDecoder().decode(JobItemDocument.self, from: Data($0.utf8))
        }
        let state: State =
            switch item.state {
            case .queued: isOver ? .cancelled : .queued
            case .running: isOver ? .cancelled : .running
            case .succeeded: .succeeded
            case .failed: .failed
            case .skipped: .skipped
            case .timedOut: .timedOut
            case .quarantined: .quarantined
            }
        self.init(
            number: item.number,
            bucket: item.bucket,
            key: item.key,
            state: state,
            error: document?.error,
            steps: steps,
            outputs: try document?.outputs.map { JobFile(bucket: item.bucket, key: try FileKey($0)) } ?? [],
            isCached: document?.isCached ?? false,
            duration: .seconds(document?.duration ?? 0),
            endedAt: document.map { Date(timeIntervalSince1970: Double($0.endedAt) / 1_000) }
        )
    }
}
