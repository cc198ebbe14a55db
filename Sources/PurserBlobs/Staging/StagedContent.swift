public import NIOCore
public import PurserIdentifiers
import Synchronization

/// A content that is coming in: kept in memory while it is small, in a staging file once it is not.
///
/// Small contents touch no disk. Memory held: the inline limit, then one window of a ``StagingFile``. Use it from one task
/// at a time; what was not installed goes when it is discarded or when the last reference goes.
public final class StagedContent: Sendable {
    private let store: BlobStore
    private let operation: OperationID
    private let inlineLimit: Int
    // Held over the disk's calls, as in StagingFile, and for the same reason.
    private let state = Mutex(State())

    private struct State: Sendable {
        var memory = ByteBuffer()
        var file: StagingFile?
        /// Of what was in memory only.
        var hashTime = Duration.zero
        var isDiscarded = false
    }

    /// A content of no bytes yet.
    ///
    /// - Parameters:
    ///   - store: Where its bytes go when they are many.
    ///   - operation: Who brings it; names the staging file.
    ///   - inlineLimit: Largest content, in bytes, that is kept in memory.
    public init(store: BlobStore, operation: OperationID, inlineLimit: Int) {
        self.store = store
        self.operation = operation
        self.inlineLimit = inlineLimit
    }

    /// Bytes taken so far.
    public var byteCount: Int64 {
        self.state.withLock { $0.file?.byteCount ?? Int64($0.memory.readableBytes) }
    }

    /// How long the bytes took so far; none once they were discarded.
    public var times: StagingTimes {
        self.state.withLock { $0.file?.times ?? StagingTimes(hash: $0.hashTime) }
    }

    /// How long its bytes took since the last call.
    public func takeTimes() -> StagingTimes {
        self.state.withLock { state in
            if let file = state.file { return file.takeTimes() }
            defer { state.hashTime = .zero }
            return StagingTimes(hash: state.hashTime)
        }
    }

    /// Takes a piece, of any size, none included.
    ///
    /// Small pieces are copied, so that they do not hold on to larger memory.
    ///
    /// - Throws: ``BlobError`` `.noSpace`, `.inputOutput`; discard the content then.
    public func write(_ piece: ByteBuffer) throws(BlobError) {
        try self.state.withLock { (state) throws(BlobError) in
            guard !state.isDiscarded else {
                throw BlobError(.inputOutput, "the content was discarded while it was being written")
            }
            if let file = state.file {
                try file.write(piece)
            } else if state.memory.readableBytes + piece.readableBytes <= self.inlineLimit {
                state.memory.writeImmutableBuffer(piece)
            } else {
                let file = try self.store.makeStagingFile(for: self.operation)
                state.file = file
                try file.write(state.memory)
                state.memory = ByteBuffer()
                try file.write(piece)
            }
        }
    }

    /// Ends the content.
    ///
    /// - Returns: What came, and where it is now. A file is the caller's to install, while this content is held.
    /// - Throws: As ``write(_:)``.
    public func finish() throws(BlobError) -> FinishedContent {
        try self.state.withLock { (state) throws(BlobError) in
            guard !state.isDiscarded else {
                throw BlobError(.inputOutput, "the content was discarded before it was complete")
            }
            if let file = state.file {
                let blob = try file.seal()
                return FinishedContent(blob: blob, size: file.byteCount, place: .file(file))
            }
            let started = ContinuousClock.now
            defer { state.hashTime += ContinuousClock.now - started }
            return FinishedContent(
                blob: BlobID(of: state.memory),
                size: Int64(state.memory.readableBytes),
                place: .inline(state.memory)
            )
        }
    }

    /// Gives back memory and file, unless the file was installed.
    ///
    /// Can be called at any time, and again.
    public func discard() {
        let file = self.state.withLock { state in
            let file = state.file
            state = State(isDiscarded: true)
            return file
        }
        file?.discard()
    }
}

/// A content that has come in completely.
public struct FinishedContent: Sendable {
    /// Its digest.
    public var blob: BlobID
    /// Its bytes.
    public var size: Int64
    /// Where it is.
    public var place: Place

    /// Where a complete content waits to be committed.
    public enum Place: Sendable {
        /// In memory: at most the inline limit.
        case inline(ByteBuffer)
        /// In a sealed staging file.
        case file(StagingFile)
    }
}
