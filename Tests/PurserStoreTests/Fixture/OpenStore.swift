import PurserBlobs
import NIOCore
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import Testing

/// An open store and what admits operations to it.
struct OpenStore: Sendable {
    let folder: StoreFolder
    let files: FileStore
    let tracker: ProgressTracker
    let resources: ResourceManager

    var disk: FaultyFileSystem { self.folder.disk }

    /// Stores bytes under a key of the default bucket, their number announced.
    @discardableResult
    func put(
        _ key: String,
        _ content: ByteBuffer,
        _ change: (inout IngestRequest) -> Void = { _ in }
    ) async throws -> CommitOutcome {
        try await self.put(key, body: TestBody(content.pieces(of: 64 * 1024))) { request in
            request.announcedSize = Int64(content.readableBytes)
            change(&request)
        }
    }

    /// Stores a body under a key of the default bucket, its length not announced.
    @discardableResult
    func put(
        _ key: String,
        body: TestBody,
        id: OperationID? = nil,
        _ change: (inout IngestRequest) -> Void = { _ in }
    ) async throws -> CommitOutcome {
        var request = IngestRequest(bucket: .default, key: try FileKey(key))
        change(&request)
        let final = request
        return try await self.resources.withSlot(
            for: .upload,
            bytes: final.announcedSize,
            memory: 1,
            name: key,
            id: id
        ) { slot in
            try await self.files.ingest(final, body: body, slot: slot)
        }
    }

    /// Takes a key of the default bucket away.
    func delete(_ key: String) async throws {
        try await self.files.delete(bucket: .default, key: FileKey(key))
    }

    /// Opens a file of the default bucket.
    func open(_ key: String) throws -> FileContent {
        try self.files.open(bucket: .default, key: FileKey(key))
    }

    /// Reads a whole file of the default bucket.
    func read(_ key: String) async throws -> ByteBuffer {
        try await self.read(self.open(key))
    }

    /// Reads an open content, all of it where no range is given.
    func read(_ content: FileContent, _ range: Range<Int64>? = nil) async throws -> ByteBuffer {
        let pieces = Mutex(ByteBuffer())
        try await self.files.read(content, range: range ?? 0..<content.file.size) { piece in
            pieces.withLock { _ = $0.writeImmutableBuffer(piece) }
        }
        return pieces.withLock { $0 }
    }

    /// The keys of the default bucket.
    func keys() throws -> [String] {
        try self.files.list(ListRequest(bucket: .default)).files.map(\.key.text)
    }

    /// Ends the store as a kill would: nothing more reaches the disk, and nothing is put in order.
    func kill() async {
        self.disk.stop(after: 0)
        await self.leave()
        self.disk.reopen()
    }

    /// Ends the store as a power failure would.
    func losePower(_ loss: PowerLoss) async throws {
        try self.disk.losePower(loss)
        await self.leave()
        self.disk.reopen()
    }

    private func leave() async {
        // A process that dies does not say how its database was.
        try? await self.files.catalog.close()
        self.files.diskThreads.shutdown()
    }
}

/// Expects an error of the store with a code.
func expectError(
    _ code: StoreError.Code,
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing was thrown; \(comment ?? "")", sourceLocation: sourceLocation)
    } catch let error as StoreError {
        #expect(error.code == code, comment, sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error) is no StoreError; \(comment ?? "")", sourceLocation: sourceLocation)
    }
}

/// Expects an error of the resource manager with a code.
func expectRefusal(
    _ code: OperationError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as OperationError {
        #expect(error.code == code, sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error) is no OperationError", sourceLocation: sourceLocation)
    }
}
