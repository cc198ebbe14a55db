import Logging
import NIOCore
import PurserBlobs
package import PurserCatalog
import PurserIdentifiers

/// What a look at the bytes of a content found.
package enum ContentFinding: Sendable, Equatable {
    /// They are what was acknowledged.
    case intact
    /// They are not.
    case damaged
    /// It went, or is kept in another way, since it was chosen: nothing can be said.
    case changed
}

extension FileStore {
    /// Reads all of a content, decoded, and compares it with its digest.
    ///
    /// - Parameters:
    ///   - record: The content, as the catalog knows it.
    ///   - pace: Told of each piece, how many bytes it had; may wait, and what it throws ends the reading.
    /// - Returns: What was found. Nothing is noted: see ``condemn(_:)``.
    /// - Throws: ``StoreError`` `.inputOutput` where the disk cannot tell; what `pace` throws.
    @concurrent
    package func inspect(
        _ record: BlobRecord,
        pace: @escaping @concurrent @Sendable (Int) async throws -> Void
    ) async throws -> ContentFinding {
        let isIntact = try await self.inBackground { try await self.isIntact(record, pace: pace) }
        guard !isIntact else { return .intact }
        let now = try self.record(of: record)
        return now == record ? .damaged : .changed
    }

    /// Whether a content that is held exclusively, so that nobody replaces it meanwhile, is what was acknowledged.
    ///
    /// Who found it damaged before it was held may have come between its removal and its return.
    ///
    /// - Parameters:
    ///   - record: The content as it is now.
    ///   - onBytes: Told of each piece, how many bytes it had; must not wait, as others do.
    /// - Returns: Whether its bytes are those that have its digest.
    /// - Throws: ``StoreError`` `.inputOutput` where the disk cannot tell; what `onBytes` throws.
    func isIntactWhileHeld(
        _ record: BlobRecord,
        onBytes: @escaping @Sendable (Int) throws -> Void = { _ in try Task.checkCancellation() }
    ) async throws -> Bool {
        // Not in the background: others wait for the content meanwhile.
        try await self.onDiskThreads { try await self.isIntact(record) { try onBytes($0) } }
    }

    @concurrent
    private func isIntact(
        _ record: BlobRecord,
        pace: @concurrent @Sendable (Int) async throws -> Void
    ) async throws -> Bool {
        do {
            return try await self.digest(of: record, pace: pace) == record.id
        } catch {
            let error = StoreError.translated(error)
            guard (error as? StoreError)?.code == .contentDamaged else { throw error }
            return false
        }
    }

    /// Reads a content as it is kept, and notes nothing of what it finds.
    @concurrent
    private func digest(
        of record: BlobRecord,
        pace: @concurrent @Sendable (Int) async throws -> Void
    ) async throws -> BlobID {
        let content = try self.openKept(record.standIn)
        let source = try ContentSource(content.place)
        var hash = ContentHash()
        var offset: Int64 = 0
        while offset < content.size {
            let count = Int(min(Int64(Self.readWindow), content.size - offset))
            let piece = try source.read(at: offset, upTo: count)
            guard piece.readableBytes > 0 else { throw BlobError(.damaged, "a content ends early") }
            hash.update(piece)
            offset += Int64(piece.readableBytes)
            try await pace(piece.readableBytes)
        }
        // What no reader of the content comes by, and who takes the coding gets.
        if case .encoded(let blob) = content.place { try blob.checkEnd() }
        return hash.finalize()
    }

    /// Opens a content as it is kept now, not as it may be remembered.
    private func openKept(_ file: FileRecord) throws -> FileContent {
        guard let encoding = BlobEncoding(rawValue: file.encoding), encoding.isInline else {
            return try self.openContent(of: file)
        }
        let kept = try self.inlineContent(of: file.blob, size: file.size, coding: encoding.coding)
        return FileContent(file: file, place: .inline(kept.bytes))
    }

    /// Notes that a content's bytes are wrong or missing, and moves them out of the way where they lie in a file.
    ///
    /// From then on its files answer an error, and the next upload of the content brings good bytes. They are read once more
    /// first, with the content held: uploads of the same content wait for that.
    ///
    /// - Parameters:
    ///   - record: The content as it was found damaged.
    ///   - onBytes: Told of each piece that is read, how many bytes it had; must not wait. What it throws ends the call.
    /// - Returns: Whether it was noted; not where it has changed since or is good after all, or is being uploaded right now.
    /// - Throws: ``StoreError``.
    package func condemn(
        _ record: BlobRecord,
        onBytes: @escaping @Sendable (Int) throws -> Void = { _ in try Task.checkCancellation() }
    ) async throws -> Bool {
        do {
            try self.health.requireWritable()
            let isDone = try await self.pins.withExclusive(on: record.id) {
                guard try self.record(of: record) == record else { return false }
                guard try await !self.isIntactWhileHeld(record, onBytes: onBytes) else { return false }
                // First the note, so that nobody reads what is being moved.
                try await self.catalog.flag(record.id, damaged: true)
                self.logger.error("blob damaged", metadata: ["purser.blob.sha256": "\(record.id)"])
                guard !record.isInline else {
                    self.contentCache.removeAll()
                    return true
                }
                try await self.onDiskThreads {
                    do {
                        guard let encoding = BlobEncoding(rawValue: record.encoding) else { return }
                        try self.blobs.quarantine(record.id, encoding: encoding)
                    } catch let error as BlobError where error.code == .absent {
                        // Nothing is left to look at.
                    }
                }
                return true
            }
            return isDone ?? false
        } catch {
            if let error = error as? BlobError { self.health.note(error) }
            throw StoreError.translated(error)
        }
    }

    private func record(of record: BlobRecord) throws -> BlobRecord? {
        do {
            return try self.catalog.blob(record.id).flatMap { now in
                // Names come and go; what matters is how the bytes are kept.
                guard now.state != .deleting else { return nil }
                var now = now
                now.references = record.references
                now.state = record.state
                now.retiredAt = record.retiredAt
                return now
            }
        } catch {
            throw StoreError(translating: error)
        }
    }
}
