import Logging
import NIOCore
import PurserBlobs
import PurserCatalog
public import PurserIdentifiers

extension FileStore {
    /// Keeps a content compressed, or again as it is, without a reader noticing.
    ///
    /// The new form is written beside the old one, made durable, decoded again and hashed; then the catalog names it in one
    /// transaction, and the old form goes. Readers that have the old one open go on reading it. A kill at any point leaves
    /// the form that the catalog names, and at worst a file that it does not name, which the next start removes.
    ///
    /// Memory held: two frames, and what the library takes at the level. Uploads, reads, replacements and deletes of the
    /// same content may go on meanwhile.
    ///
    /// - Parameters:
    ///   - blob: The content's digest.
    ///   - request: How it is to be kept.
    ///   - operation: Names the staging file.
    ///   - throttle: Called with a number of bytes of content, at most 4 MiB, before they are encoded and again before they
    ///     are checked. It may wait for as long as it likes: nothing is held meanwhile that others wait for. What it throws
    ///     ends the call, and everything is as it was.
    /// - Returns: What was done, and what it has saved.
    /// - Throws: ``StoreError`` `.contentDamaged` where the bytes to begin with are, which is noted but for a dry run; `.storeFull`,
    ///   `.readOnly`, `.inputOutput`; what `throttle` throws.
    @discardableResult
    public func reencode(
        _ blob: BlobID,
        _ request: ReencodeRequest,
        operation: OperationID = OperationID(),
        throttle: @escaping @Sendable (Int) async throws -> Void = { _ in }
    ) async throws -> ReencodeOutcome {
        do {
            guard let content = try self.reencodable(blob) else { return ReencodeOutcome(.changed) }
            if let reason = Self.reasonAgainst(request, content) { return content.outcome(reason) }
            if !request.isDryRun { try self.health.requireWritable() }
            let task = Reencoding(content: content, request: request, operation: operation, throttle: throttle)
            return try await self.inBackground {
                content.encoding.isInline
                    ? try await self.reencodeInline(task) : try await self.reencodeFile(task)
            }
        } catch {
            if let error = error as? BlobError { self.health.note(error) }
            throw StoreError.translated(error)
        }
    }

    /// A content that is live and whole; `nil` where there is none.
    private func reencodable(_ blob: BlobID) throws -> Reencoding.Content? {
        guard let record = try self.catalog.blob(blob), record.state == .live, !record.isDamaged,
            let encoding = BlobEncoding(rawValue: record.encoding)
        else { return nil }
        return Reencoding.Content(record: record, encoding: encoding)
    }

    /// Why nothing has to be tried.
    static func reasonAgainst(
        _ request: ReencodeRequest,
        _ content: Reencoding.Content
    ) -> ReencodeOutcome.Result? {
        if content.encoding.coding == request.coding { return .alreadyEncoded }
        guard let coding = request.coding else { return nil }
        let sizes = CompressionEstimate.minContentBytes...coding.maxContentSize
        return sizes.contains(content.record.size) ? nil : .unsuitableSize
    }

    /// Flags a content whose bytes turned out damaged, unless others have taken their place meanwhile.
    ///
    /// - Returns: The outcome where they have: the bytes that were read are not the ones that count.
    /// - Throws: ``StoreError`` `.contentDamaged` where they have not.
    func endAsDamaged(_ task: Reencoding, _ error: any Error) async throws -> ReencodeOutcome {
        let record = task.content.record
        return try await self.pins.withExclusiveWhenFree(on: record.id) {
            guard let now = try self.catalog.blob(record.id), now.state == .live, now.form == record.form else {
                return task.content.outcome(.changed)
            }
            // It may have gone and come back as it was.
            guard try await !self.isIntactWhileHeld(now) else { return task.content.outcome(.changed) }
            if !task.request.isDryRun { await self.flagDamaged(record.id) }
            throw StoreError(.contentDamaged, "the stored bytes of a content are damaged", cause: error)
        }
    }
}

/// A content that is being encoded anew.
struct Reencoding: Sendable {
    /// The content as it was found.
    struct Content: Sendable {
        var record: BlobRecord
        var encoding: BlobEncoding

        /// An outcome that leaves it as it is.
        func outcome(_ result: ReencodeOutcome.Result) -> ReencodeOutcome {
            ReencodeOutcome(
                result,
                contentBytes: self.record.size,
                bytesBefore: self.record.storedSize,
                bytesAfter: self.record.storedSize
            )
        }
    }

    var content: Content
    var request: ReencodeRequest
    var operation: OperationID
    var throttle: @Sendable (Int) async throws -> Void

    /// The most bytes that the new form may have.
    var maxStoredSize: Int64 {
        guard self.request.coding != nil else { return .max }
        return Int64(Double(self.content.record.size) * (1 - self.request.minimumSaving))
    }

    /// How the content is kept afterwards.
    var target: BlobEncoding {
        BlobEncoding(isInline: self.content.encoding.isInline, coding: self.request.coding)
    }

    /// The outcome where it is kept as asked.
    func done(storedSize: Int64) -> ReencodeOutcome {
        var outcome = self.content.outcome(.reencoded)
        outcome.bytesAfter = storedSize
        return outcome
    }
}
