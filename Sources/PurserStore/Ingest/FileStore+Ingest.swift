import Crypto
import Foundation
import Logging
public import NIOCore
import PurserBlobs
public import PurserCatalog
import PurserIdentifiers
public import PurserOperations

extension FileStore {
    /// Stores a content under a name.
    ///
    /// The bytes are hashed and written as they come, with bounded memory. What is refused, cancelled or fails leaves no
    /// bytes and no row. On return the file is on the disk.
    ///
    /// - Parameters:
    ///   - request: Name, metadata, and what must hold.
    ///   - body: The bytes. Nothing is read from it where the request is refused without them.
    ///   - slot: The admitted operation; it gets the progress, and its cancellation is obeyed until the commit begins.
    /// - Returns: The file, what it replaced, and whether its content was there before.
    /// - Throws: ``StoreError``; `OperationError` where cancelled or the disk's space is taken; what the body throws.
    public func ingest<Body: AsyncSequence & Sendable>(
        _ request: IngestRequest,
        body: Body,
        slot: Slot
    ) async throws -> CommitOutcome where Body.Element == ByteBuffer {
        do {
            try self.health.requireWritable()
            try self.refuseEarly(request)
            if let outcome = try await self.commitKnownContent(request, slot: slot) { return outcome }
            // A content that is sure to stay in memory needs no disk thread.
            guard let size = request.announcedSize, size <= Int64(self.configuration.inlineLimit) else {
                return try await self.onDiskThreads {
                    try await self.receiveAndCommit(request, body: body, slot: slot)
                }
            }
            return try await self.receiveAndCommit(request, body: body, slot: slot)
        } catch {
            if let error = error as? BlobError { self.health.note(error) }
            throw StoreError.translated(error)
        }
    }

    /// Refuses what can be refused without the bytes.
    ///
    /// All of it is checked again in the commit's transaction.
    private func refuseEarly(_ request: IngestRequest) throws {
        if let size = request.announcedSize, size > request.maxSize {
            throw Self.tooLarge(request.maxSize)
        }
        guard try self.catalog.hasBucket(request.bucket) else {
            throw StoreError(.bucketNotFound, "there is no bucket '\(request.bucket)'; create it first")
        }
        guard request.precondition != .none else { return }
        let current = try self.catalog.file(bucket: request.bucket, key: request.key)
        guard request.precondition.holds(for: current?.blob) else {
            throw StoreError(
                .preconditionFailed,
                "the file is not in the state that the request asks for",
                current: current
            )
        }
    }

    package static func tooLarge(_ limit: Int64) -> StoreError {
        StoreError(.fileTooLarge, "the file is larger than the \(limit) bytes allowed (resources.max_file_size)")
    }

    private func receiveAndCommit<Body: AsyncSequence>(
        _ request: IngestRequest,
        body: Body,
        slot: Slot
    ) async throws -> CommitOutcome where Body.Element == ByteBuffer {
        let staged = StagedContent(
            store: self.blobs,
            operation: slot.operation.id,
            inlineLimit: self.configuration.inlineLimit
        )
        var space = SpaceLease(slot: slot, uncommitted: self.uncommitted)
        // After the file is discarded: until then its bytes are on the disk.
        defer { space.end() }
        defer { staged.discard() }
        // Before that, as the times go with the file.
        defer { slot.operation.add(staged.takeTimes()) }
        try await self.receive(body, into: staged, request: request, slot: slot, space: &space)
        let content = try staged.finish()
        slot.operation.add(staged.takeTimes())
        if let expected = request.digests.sha256, expected != content.blob {
            throw StoreError(
                .digestMismatch,
                "the content's SHA-256 is \(content.blob), not \(expected); send it again"
            )
        }
        slot.operation.update(message: "finalizing")
        let start = ContinuousClock.now
        let outcome = try await self.commit(content, request: request, slot: slot)
        self.ingestedBytes.add(content.size)
        slot.recordDiskLatency(ContinuousClock.now - start)
        return outcome
    }

    private func receive<Body: AsyncSequence>(
        _ body: Body,
        into staged: StagedContent,
        request: IngestRequest,
        slot: Slot,
        space: inout SpaceLease
    ) async throws where Body.Element == ByteBuffer {
        try await self.makingRoom { try space.reserve(request.announcedSize ?? 0) }
        var sha512 = request.digests.sha512 == nil ? nil : SHA512()
        var received: Int64 = 0
        for try await piece in body {
            let (count, overflow) = received.addingReportingOverflow(Int64(piece.readableBytes))
            guard !overflow, count <= request.maxSize else { throw Self.tooLarge(request.maxSize) }
            received = count
            if let announced = request.announcedSize, received > announced {
                throw Self.wrongLength(received, announced: announced, isAtLeast: true)
            }
            try slot.operation.checkCancellation()
            try await self.makingRoom { try space.cover(received) }
            piece.withUnsafeReadableBytes { sha512?.update(bufferPointer: $0) }
            try staged.write(piece)
            space.wrote(upTo: received)
            slot.operation.advance(bytes: piece.readableBytes)
        }
        // A cancelled reader sees an early end of its sequence, not an error.
        try slot.operation.checkCancellation()
        try Task.checkCancellation()
        if let announced = request.announcedSize, received != announced {
            throw Self.wrongLength(received, announced: announced, isAtLeast: false)
        }
        if let expected = request.digests.sha512, let hash = sha512, !expected.elementsEqual(hash.finalize()) {
            throw StoreError(.digestMismatch, "the content's SHA-512 is not the one announced; send it again")
        }
    }

    /// Reserves room; where there is none, bytes that no name holds make some.
    private func makingRoom(_ reserve: () throws -> Void) async throws {
        do {
            try reserve()
        } catch let error as OperationError {
            guard error.code == .storeFull, try await self.collect(isRoomNeeded: true).blobs > 0 else { throw error }
            try reserve()
        }
    }

    private static func wrongLength(_ count: Int64, announced: Int64, isAtLeast: Bool) -> StoreError {
        StoreError(
            .lengthMismatch,
            "\(announced) bytes were announced, \(isAtLeast ? "at least " : "")\(count) came; nothing was stored"
        )
    }

    private func commit(
        _ content: FinishedContent,
        request: IngestRequest,
        slot: Slot
    ) async throws -> CommitOutcome {
        // Perhaps a failed fsync of another upload came first.
        try self.health.requireWritable()
        return try await self.pins.withPin(on: content.blob) {
            await self.removeStrayBytes(of: content.blob)
        } _: {
            if let outcome = try await self.commitInline(content, request: request, slot: slot) { return outcome }
            if try await self.canBeTakenUp(content.blob) {
                do {
                    try slot.operation.seal()
                    return try await slot.operation.timing(.catalog) {
                        try await self.catalog.commit(
                            self.file(request, content.blob, content.size, bringing: .existing)
                        )
                    }
                } catch let error as CatalogError where error.code == .blobAbsent {
                    // Found damaged by a reader since the look. Bring the bytes.
                }
            }
            // Kept in another encoding, and damaged? Then those bytes go once the new ones have taken their place.
            let damaged = try self.catalog.blob(content.blob)
            let bytes: NewFile.Content
            switch content.place {
            case .inline(let buffer):
                bytes = .inline(Data(buffer.readableBytesView))
            case .file(let file):
                try self.refuseEarly(request)
                try self.blobs.install(file, as: content.blob)
                self.pins.bytesInstalled(content.blob)
                bytes = .stored(encoding: BlobEncoding.raw.rawValue, storedBytes: content.size)
            }
            try slot.operation.seal()
            let outcome = try await slot.operation.timing(.catalog) {
                try await self.catalog.commit(self.file(request, content.blob, content.size, bringing: bytes))
            }
            self.pins.rowCommitted(content.blob)
            if outcome.usedOfferedBytes, case .inline = content.place {
                // In the place of bytes that were kept in a file and damaged, before the inline limit was raised.
                try await self.onDiskThreads { try self.blobs.remove(content.blob) }
            }
            if outcome.usedOfferedBytes, let damaged {
                try await self.removeEncoded(damaged)
            }
            return outcome
        }
    }

    /// Commits a small content in one step, whether it is known or not; `nil` where that takes a closer look.
    private func commitInline(
        _ content: FinishedContent,
        request: IngestRequest,
        slot: Slot
    ) async throws -> CommitOutcome? {
        guard case .inline(let buffer) = content.place else { return nil }
        let bytes = NewFile.Content.inline(Data(buffer.readableBytesView))
        do {
            try slot.operation.seal()
            return try await slot.operation.timing(.catalog) {
                try await self.catalog.commit(
                    self.file(request, content.blob, content.size, bringing: bytes),
                    comparesBytes: true
                )
            }
        } catch let error as CatalogError where error.code == .blobElsewhere || error.code == .blobDeleting {
            return nil
        }
    }

    /// Names a content that is here already, where the caller has announced it; `nil` where its bytes are needed.
    private func commitKnownContent(_ request: IngestRequest, slot: Slot) async throws -> CommitOutcome? {
        guard request.takesKnownContent, let blob = request.digests.sha256, request.digests.sha512 == nil,
            let size = request.announcedSize, let known = try self.catalog.blob(blob), known.size == size,
            known.state == .live
        else { return nil }
        return try await self.pins.withPin(on: blob) {
            await self.removeStrayBytes(of: blob)
        } _: {
            guard try await self.canBeTakenUp(blob) else { return nil }
            do {
                try slot.operation.seal()
                let outcome = try await slot.operation.timing(.catalog) {
                    try await self.catalog.commit(self.file(request, blob, size, bringing: .existing))
                }
                slot.operation.advance(bytes: Int(size))
                return outcome
            } catch let error as CatalogError where error.code == .blobAbsent {
                // Deleted, or found damaged by a reader, since the look.
                slot.operation.unseal()
                return nil
            }
        }
    }

    private func file(
        _ request: IngestRequest,
        _ blob: BlobID,
        _ size: Int64,
        bringing bytes: NewFile.Content
    ) -> NewFile {
        NewFile(
            bucket: request.bucket,
            key: request.key,
            blob: blob,
            size: size,
            content: bytes,
            contentType: request.contentType,
            metadata: request.metadata,
            precondition: request.precondition,
            at: self.now()
        )
    }

    /// Removes the compressed file of a content that is kept otherwise from now on.
    private func removeEncoded(_ before: BlobRecord) async throws {
        guard let encoding = BlobEncoding(rawValue: before.encoding), !encoding.isInline, encoding.coding != nil else {
            return
        }
        try await self.onDiskThreads { try self.blobs.remove(before.id, encoding: encoding) }
    }

    /// Removes bytes that an upload put in place before its commit failed, unless a row names them after all.
    func removeStrayBytes(of blob: BlobID) async {
        do {
            guard try self.catalog.blob(blob)?.encoding != BlobEncoding.raw.rawValue else { return }
            try await self.onDiskThreads { try self.blobs.remove(blob) }
        } catch {
            if let error = error as? BlobError { self.health.note(error) }
            // They stay until the next start looks for them: the store is marked as not cleanly closed.
            self.lock.markUnclean()
            self.logger.error(
                "bytes of a failed upload could not be removed",
                metadata: ["purser.blob.sha256": "\(blob)", "purser.error": "\(error)"]
            )
        }
    }
}
