package import Foundation
import Logging
import PurserBlobs
import PurserCatalog
import PurserIdentifiers

/// What a pass of the collector did.
public struct CollectionReport: Sendable, Equatable {
    /// Blobs that went.
    public var blobs = 0
    /// Bytes on disk that they held.
    public var bytes: Int64 = 0
    /// Blobs that are to go and could not be removed; the next pass tries again.
    public var failures = 0
    /// The part of ``bytes`` that the optimizer has counted as won before, when it removed the files that had them.
    public var creditedBytes: Int64 = 0

    /// Describes what was done; nothing unless told otherwise.
    public init(blobs: Int = 0, bytes: Int64 = 0, failures: Int = 0) {
        self.blobs = blobs
        self.bytes = bytes
        self.failures = failures
    }
}

extension FileStore {
    /// Blobs of one round of the collector: enough to share an fsync, few enough to stop soon.
    private static let collectBatch = 64

    /// Whether there is anything for the collector to do.
    ///
    /// A look at two indexes.
    public func hasCollectable() throws -> Bool {
        do {
            return try !self.catalog.retiredBlobs(before: self.collectLimit, limit: 1).isEmpty
                || !self.catalog.deletingBlobs(limit: 1).isEmpty
        } catch {
            throw StoreError(translating: error)
        }
    }

    /// Removes bytes that no name has held for the grace time.
    ///
    /// Each blob is marked first, in a transaction that checks again that no name came back, then its bytes go, then its
    /// row. A content that is being uploaded meanwhile is left alone. A kill at any point leaves a marked row at worst,
    /// and the next pass or start finishes the work.
    ///
    /// - Parameters:
    ///   - isRoomNeeded: Whether the grace time is cut short, as an upload has no room otherwise.
    ///   - rounds: Rounds, of a few dozen blobs each, after which to end early.
    ///   - progress: Told of each round: blobs and bytes removed. What it throws ends the pass.
    /// - Returns: What went, and what could not be removed.
    /// - Throws: ``StoreError``; what `progress` throws.
    @discardableResult
    public func collect(
        isRoomNeeded: Bool = false,
        rounds: Int = .max,
        progress: (Int, Int64) throws -> Void = { _, _ in }
    ) async throws -> CollectionReport {
        do {
            guard self.health.readOnlyReason == nil else { return CollectionReport() }
            var report = try await self.finishDeletes()
            let limit = isRoomNeeded ? self.now() + 1 : self.collectLimit
            var round = 0
            while self.health.readOnlyReason == nil, round < rounds {
                round += 1
                let batch = try self.catalog.retiredBlobs(before: limit, limit: Self.collectBatch)
                let found = try await self.collect(batch, retiredBefore: limit)
                report.add(found)
                try progress(found.blobs, found.bytes)
                // A round without a success would meet the same blobs again.
                guard batch.count == Self.collectBatch, found.blobs > 0 else { break }
            }
            return report
        } catch {
            throw StoreError.translated(error)
        }
    }

    /// What was retired before has had its grace time.
    package var collectLimit: Date {
        let grace = self.configuration.collectGrace
        return self.now() - (Double(grace.components.seconds) + Double(grace.components.attoseconds) * 1e-18)
    }

    private func collect(_ batch: [BlobRecord], retiredBefore limit: Date) async throws -> CollectionReport {
        try await withThrowingTaskGroup(of: CollectionReport.self) { group in
            for blob in batch {
                group.addTask { try await self.collect(blob, retiredBefore: limit) }
            }
            return try await group.reduce(into: CollectionReport()) { $0.add($1) }
        }
    }

    private func collect(_ blob: BlobRecord, retiredBefore limit: Date) async throws -> CollectionReport {
        let report = try await self.pins.withExclusive(on: blob.id) {
            guard try await self.write({ try await self.catalog.markDeleting(blob.id, retiredBefore: limit) }),
                // It may be kept otherwise since it was listed.
                let marked = try self.catalog.blob(blob.id)
            else { return CollectionReport() }
            return try await self.finishDelete(marked)
        }
        return report ?? CollectionReport()
    }

    private func finishDelete(_ blob: BlobRecord) async throws -> CollectionReport {
        do {
            if let encoding = BlobEncoding(rawValue: blob.encoding), !encoding.isInline {
                try await self.onDiskThreads { try self.blobs.remove(blob.id, encoding: encoding) }
            }
        } catch let error as BlobError {
            self.health.note(error)
            self.logger.warning(
                "bytes without a name could not be removed",
                metadata: ["purser.blob.sha256": "\(blob.id)", "purser.error": "\(error)"]
            )
            return CollectionReport(failures: 1)
        }
        let isCredited = try self.catalog.isCredited(blob.id)
        try await self.catalog.forget(blob.id)
        var report = CollectionReport(blobs: 1, bytes: blob.storedSize)
        report.creditedBytes = isCredited ? blob.storedSize : 0
        return report
    }

    /// Finishes deletes that a crash, a cancel or a failing disk interrupted.
    @discardableResult
    func finishDeletes() async throws -> CollectionReport {
        var report = CollectionReport()
        while true {
            let batch = try self.catalog.deletingBlobs(limit: Self.collectBatch)
            var round = CollectionReport()
            for blob in batch where self.health.readOnlyReason == nil {
                let one = try await self.pins.withExclusive(on: blob.id) {
                    // Finished since the look? Then perhaps uploaded again.
                    guard let marked = try self.catalog.blob(blob.id), marked.state == .deleting else {
                        return CollectionReport()
                    }
                    return try await self.finishDelete(marked)
                }
                round.add(one ?? CollectionReport())
            }
            report.add(round)
            // A round without a success would meet the same blobs again.
            guard batch.count == Self.collectBatch, round.blobs > 0 else { return report }
        }
    }
}

extension CollectionReport {
    fileprivate mutating func add(_ other: CollectionReport) {
        self.blobs += other.blobs
        self.bytes += other.bytes
        self.failures += other.failures
        self.creditedBytes += other.creditedBytes
    }
}
