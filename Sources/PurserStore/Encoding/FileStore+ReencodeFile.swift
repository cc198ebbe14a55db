import NIOCore
import PurserBlobs
import PurserCatalog

extension FileStore {
    /// Encodes a content anew that lies in a file.
    @concurrent
    func reencodeFile(_ task: Reencoding) async throws -> ReencodeOutcome {
        do {
            let source = try ContentSource(self.openFile(of: task.content))
            guard let coding = task.request.coding else { return try await self.decode(task, source) }
            if task.content.encoding.coding == nil, task.content.record.size > CompressionEstimate.sampleBytes {
                let estimate = try CompressionEstimate(ofContent: task.content.record.size) { offset, count in
                    try source.read(at: offset, upTo: count)
                }
                guard estimate.promises(saving: task.request.minimumSaving) else {
                    return task.content.outcome(.incompressible)
                }
            }
            return try await self.encode(task, source, as: coding)
        } catch let error as BlobError where error.code == .damaged || error.code == .absent {
            return try await self.endAsDamaged(task, error)
        }
    }

    private func openFile(of content: Reencoding.Content) throws(BlobError) -> FileContent.Place {
        let record = content.record
        guard let coding = content.encoding.coding else {
            return .raw(try self.blobs.openBlob(record.id, size: record.size, encoding: content.encoding))
        }
        return .encoded(
            try self.blobs.openEncodedBlob(
                record.id,
                size: record.size,
                storedSize: record.storedSize,
                coding: coding
            )
        )
    }

    // MARK: Compressing

    private func encode(
        _ task: Reencoding,
        _ source: ContentSource,
        as coding: ContentCoding
    ) async throws -> ReencodeOutcome {
        let size = task.content.record.size
        var room = SecondFormBytes(self.uncommitted)
        // After the file is discarded: until then its bytes are on the disk.
        defer { room.end() }
        guard !task.request.isDryRun else {
            let storedSize = try await self.encode(task, source, as: coding, into: nil, &room)
            guard let storedSize else { return task.content.outcome(.incompressible) }
            return task.done(storedSize: storedSize)
        }
        try self.requireRoom(for: min(size, task.maxStoredSize))
        let staging = try self.blobs.makeEncodedStagingFile(for: task.operation)
        defer { staging.discard() }
        guard let storedSize = try await self.encode(task, source, as: coding, into: staging, &room) else {
            return task.content.outcome(.incompressible)
        }
        try staging.synchronize()
        try await self.check(staging, storedSize: storedSize, coding: coding, of: source, task)
        let form = BlobForm(encoding: task.target.rawValue, storedSize: storedSize)
        let isKept = try await self.swap(task, to: form) { () throws(BlobError) in
            try self.blobs.install(staging, as: task.content.record.id, encoding: task.target)
        }
        return isKept ? task.done(storedSize: storedSize) : task.content.outcome(.changed)
    }

    /// Encodes all of a content.
    ///
    /// - Returns: Bytes of the new form; `nil` where they are too many, which may be found out early.
    private func encode(
        _ task: Reencoding,
        _ source: ContentSource,
        as coding: ContentCoding,
        into file: EncodedStagingFile?,
        _ room: inout SecondFormBytes
    ) async throws -> Int64? {
        let size = task.content.record.size
        let encoder = try ContentEncoder(contentSize: size, coding: coding, level: task.request.level, file: file)
        var frame = ByteBuffer()
        var offset: Int64 = 0
        while offset < size {
            let count = Int(min(Int64(encoder.frameBytes), size - offset))
            try await task.throttle(count)
            try source.read(at: offset, count: count, into: &frame)
            try encoder.write(frame)
            if file != nil { room.wrote(upTo: encoder.storedBytes) }
            guard encoder.storedBytes <= task.maxStoredSize else { return nil }
            offset += Int64(count)
        }
        try encoder.finish()
        return encoder.storedBytes
    }

    /// Refuses to begin what the disk has no room for.
    private func requireRoom(for bytes: Int64) throws {
        guard try self.roomForSecondForms() >= bytes else {
            throw StoreError(.storeFull, "the disk has no room for a second form of \(bytes) bytes")
        }
    }

    // MARK: Decompressing

    private func decode(_ task: Reencoding, _ source: ContentSource) async throws -> ReencodeOutcome {
        let record = task.content.record
        guard !task.request.isDryRun else { return task.done(storedSize: record.size) }
        // It takes more room in the end, and that within the limits of uploads.
        guard try self.space().uploadableBytes >= record.size else {
            throw StoreError(.storeFull, "there is no room for a content of \(record.size) bytes as it is")
        }
        var room = SecondFormBytes(self.uncommitted)
        defer { room.end() }
        let staging = try self.blobs.makeStagingFile(for: task.operation)
        defer { staging.discard() }
        var offset: Int64 = 0
        while offset < record.size {
            let end = min(record.size, offset + Int64(Self.hashWindow))
            try await task.throttle(Int(end - offset))
            while offset < end {
                let piece = try source.read(at: offset, upTo: Int(end - offset))
                try staging.write(piece)
                offset += Int64(piece.readableBytes)
                room.wrote(upTo: offset)
            }
        }
        guard try staging.seal() == record.id else {
            throw BlobError(.damaged, "blob \(record.id) has another digest")
        }
        let form = BlobForm(encoding: task.target.rawValue, storedSize: record.size)
        let isKept = try await self.swap(task, to: form) { () throws(BlobError) in
            try self.blobs.install(staging, as: record.id)
        }
        return isKept ? task.done(storedSize: record.size) : task.content.outcome(.changed)
    }
}
