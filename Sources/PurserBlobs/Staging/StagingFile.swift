import Crypto
import Logging
public import NIOCore
public import PurserIdentifiers
public import SystemPackage
import Synchronization

/// Bytes on their way into the store: hashed and written as they come, visible to nobody, gone unless installed.
///
/// Memory held is one window of 256 KiB, whatever the size: small pieces are gathered in it, large ones written without
/// being copied. Use it from one task at a time; it is removed when it is discarded or when the last reference goes.
public final class StagingFile: Sendable {
    /// Bytes that are gathered before they are written.
    ///
    /// Every write but the last has at least as many.
    public static let window = 256 * 1024

    /// Where the bytes are until they are installed.
    public let path: FilePath

    private let fileSystem: any FileSystem
    private let logger: Logger
    // Held over the disk's calls. By the rule above nobody waits for it; where the rule is broken, the file is not.
    private let state: Mutex<State>

    fileprivate struct State: Sendable {
        let file: any OpenFile
        var hash = SHA256()
        var pending = ByteBuffer()
        var written: Int64 = 0
        var times = StagingTimes()
        var phase = Phase.writing
    }

    fileprivate enum Phase: Sendable {
        case writing
        case sealed(BlobID)
        case failed(BlobError)
        case installed
        case discarded
    }

    init(file: any OpenFile, path: FilePath, fileSystem: any FileSystem, logger: Logger) {
        self.path = path
        self.fileSystem = fileSystem
        self.logger = logger
        self.state = Mutex(State(file: file))
    }

    deinit {
        self.discard()
    }

    /// Bytes taken so far.
    public var byteCount: Int64 {
        self.state.withLock { $0.written + Int64($0.pending.readableBytes) }
    }

    /// How long its bytes took so far.
    public var times: StagingTimes { self.state.withLock { $0.times } }

    /// How long its bytes took since the last call.
    func takeTimes() -> StagingTimes {
        self.state.withLock { state in
            defer { state.times = StagingTimes() }
            return state.times
        }
    }

    /// Takes a piece of the content, of any size, none included.
    ///
    /// - Throws: ``BlobError`` `.noSpace`, `.inputOutput`; the file is then of no more use, and every further call throws
    ///   the same.
    public func write(_ piece: ByteBuffer) throws(BlobError) {
        try self.state.withLock { (state) throws(BlobError) in
            try state.requireWriting()
            try state.failing { (state) throws(FileSystemError) in try state.take(piece) }
        }
    }

    /// Writes what is still in memory and ends the content.
    ///
    /// Nothing is durable yet.
    ///
    /// - Returns: The content's digest; the same again when called again.
    /// - Throws: As ``write(_:)``.
    public func seal() throws(BlobError) -> BlobID {
        try self.state.withLock { (state) throws(BlobError) in
            if case .sealed(let blob) = state.phase { return blob }
            try state.requireWriting()
            try state.failing { (state) throws(FileSystemError) in try state.flush() }
            state.pending = ByteBuffer()
            let blob = state.timingHash { BlobID($0.hash.finalize()) }
            state.phase = .sealed(blob)
            return blob
        }
    }

    /// fsync, close, rename, fsync of the folder; see ``BlobStore/install(_:as:)``.
    func install(as blob: BlobID, at target: FilePath) throws(BlobError) {
        try self.state.withLock { (state) throws(BlobError) in
            switch state.phase {
            case .sealed(let sealed): precondition(sealed == blob, "a blob is installed under its own digest")
            case .failed(let error): throw error
            case .writing, .installed, .discarded: preconditionFailure("only a sealed file can be installed, once")
            }
            let watch = StagingStopwatch()
            defer { watch.stop(\.disk, of: &state.times) }
            try state.failing { (state) throws(FileSystemError) in
                try state.file.synchronize()
                try state.file.close()
                try self.fileSystem.rename(self.path, to: target)
                state.phase = .installed
            }
            // No longer this file's to undo: if this fails, the name may outlive a power failure or not.
            try BlobError.translating("storing a blob") { () throws(FileSystemError) in
                try self.fileSystem.synchronizeDirectory(target.removingLastComponent())
            }
        }
    }

    /// Removes the file unless it was installed.
    ///
    /// Can be called at any time, and again.
    public func discard() {
        let mustRemove = self.state.withLock { state in
            switch state.phase {
            case .installed, .discarded: return false
            case .writing, .sealed, .failed:
                state.phase = .discarded
                state.pending = ByteBuffer()
                // Whether the bytes arrived does not matter any more.
                try? state.file.close()
                return true
            }
        }
        guard mustRemove else { return }
        do {
            try self.fileSystem.remove(self.path)
        } catch {
            // The next start removes it.
            self.logger.warning("staging file could not be removed", metadata: ["purser.error": "\(error)"])
        }
    }
}

extension StagingFile.State {
    func requireWriting() throws(BlobError) {
        switch self.phase {
        case .writing: return
        case .failed(let error): throw error
        case .sealed, .installed: preconditionFailure("a sealed content takes no more bytes")
        case .discarded: throw BlobError(.inputOutput, "the staging file was discarded while it was being written")
        }
    }

    /// Runs calls to the disk; where one fails, the file has failed for good.
    mutating func failing(_ body: (inout Self) throws(FileSystemError) -> Void) throws(BlobError) {
        do {
            try body(&self)
        } catch {
            let failure = BlobError(error, "storing a content")
            self.phase = .failed(failure)
            throw failure
        }
    }

    mutating func take(_ piece: ByteBuffer) throws(FileSystemError) {
        var piece = piece
        self.timingHash { state in piece.withUnsafeReadableBytes { state.hash.update(bufferPointer: $0) } }
        let room = StagingFile.window - self.pending.readableBytes
        if self.pending.readableBytes > 0, piece.readableBytes >= room {
            // Full up to the window, so that no write is smaller.
            if var head = piece.readSlice(length: room) { self.pending.writeBuffer(&head) }
            try self.flush()
        }
        if piece.readableBytes >= StagingFile.window {
            try self.write(piece)
        } else if piece.readableBytes > 0 {
            if self.pending.capacity == 0 { self.pending.reserveCapacity(StagingFile.window) }
            self.pending.writeBuffer(&piece)
        }
    }

    mutating func flush() throws(FileSystemError) {
        guard self.pending.readableBytes > 0 else { return }
        try self.write(self.pending)
        self.pending.clear()
    }

    mutating func timingHash<Value>(_ body: (inout Self) -> Value) -> Value {
        let watch = StagingStopwatch()
        defer { watch.stop(\.hash, of: &self.times) }
        return body(&self)
    }

    private mutating func write(_ buffer: ByteBuffer) throws(FileSystemError) {
        let watch = StagingStopwatch()
        defer { watch.stop(\.disk, of: &self.times) }
        var failure: FileSystemError?
        buffer.withUnsafeReadableBytes { bytes in
            do throws(FileSystemError) {
                try self.file.writeAll(bytes, at: self.written)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        self.written += Int64(buffer.readableBytes)
    }
}
