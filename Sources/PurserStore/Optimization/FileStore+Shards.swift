import PurserBlobs
package import PurserCatalog
import PurserIdentifiers

/// What a comparison of a part of the disk with the catalog found.
package struct ShardFindings: Sendable, Equatable {
    /// Contents that were compared.
    package var examined: Int64 = 0
    /// Blobs on disk that no row named; they are gone, unless nothing was to change.
    package var orphans: Int64 = 0
    /// Their bytes.
    package var orphanBytes: Int64 = 0
    /// Rows whose bytes are not there, or of another length; they are flagged as damaged, unless nothing was to change.
    package var missing: [BlobRecord] = []
}

extension FileStore {
    /// Compares the blobs on disk whose digest begins with a byte with the rows of the catalog, and mends what differs.
    ///
    /// Reads names and lengths, no bytes. Uploads may go on meanwhile.
    ///
    /// - Parameters:
    ///   - shard: The byte.
    ///   - isDryRun: Whether nothing is to change.
    /// - Returns: What was found.
    /// - Throws: ``StoreError``.
    package func compareShard(_ shard: UInt8, isDryRun: Bool) async throws -> ShardFindings {
        do {
            if !isDryRun { try self.health.requireWritable() }
            // First the disk: what comes after it has a row, or is pinned by the upload that brings it.
            let onDisk = try await self.onDiskThreads { try self.blobs.blobs(inShard: shard) }
            var findings = ShardFindings()
            for name in onDisk where try !self.hasRow(for: name) {
                guard let bytes = try await self.removeOrphan(name, isDryRun: isDryRun) else { continue }
                findings.orphans += 1
                findings.orphanBytes += bytes
            }
            let names = Set(onDisk.map { StoredName(blob: $0.blob, encoding: $0.encoding.rawValue) })
            var after: BlobID?
            repeat {
                let rows = try self.catalog.blobs(inShard: shard, after: after, limit: 1_000)
                findings.examined += Int64(rows.count)
                after = rows.last?.record.id
                for row in rows where row.record.state == .live && !row.record.isInline && !row.record.isDamaged {
                    let name = StoredName(blob: row.record.id, encoding: row.record.encoding)
                    guard !names.contains(name), try await !self.isThere(row.record, isDryRun) else {
                        continue
                    }
                    findings.missing.append(row.record)
                }
            } while after != nil
            return findings
        } catch {
            if let error = error as? BlobError { self.health.note(error) }
            throw StoreError.translated(error)
        }
    }

    /// Whether a content that was not seen on the disk can be opened all the same, or has gone; else it is flagged.
    private func isThere(_ record: BlobRecord, _ isDryRun: Bool) async throws -> Bool {
        guard try self.catalog.blob(record.id)?.state == .live else { return true }
        guard !isDryRun else { return try await self.onDiskThreads { try self.isKept(record) } }
        return try await self.pins.withPin(on: record.id) {
            await self.removeStrayBytes(of: record.id)
        } _: {
            let isThere = try await self.canBeTakenUp(record.id)
            // Not there, and not flagged either: it has gone meanwhile.
            return try isThere || self.catalog.blob(record.id)?.isDamaged != true
        }
    }
}

/// A blob in one of the forms in which it can be kept.
private struct StoredName: Hashable {
    var blob: BlobID
    var encoding: String
}
