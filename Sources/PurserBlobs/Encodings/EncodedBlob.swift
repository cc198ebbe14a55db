public import NIOCore
public import PurserIdentifiers

/// A blob that is kept compressed, open for reading: as many tasks at once as like, each with a ``FrameCursor``.
///
/// The file is closed when the last copy goes.
public struct EncodedBlob: Sendable {
    /// The most bytes of content that a frame holds.
    public static let maxFrameBytes = FrameIndex.maxFrameBytes

    /// Which blob.
    public let blob: BlobID
    /// Bytes of the content.
    public let size: Int64
    /// How it is compressed.
    public let coding: ContentCoding
    /// The bytes of the file, as they are sent to those who take the coding.
    public let stored: BlobReader
    let index: FrameIndex

    /// Opens what a file holds, of which the index is read and checked.
    ///
    /// - Throws: ``BlobError`` `.damaged`, `.inputOutput`.
    init(_ stored: BlobReader, size: Int64, coding: ContentCoding) throws(BlobError) {
        let index =
            switch coding {
            case .gzip: try GzipFormat.readIndex(of: stored, contentSize: size)
            case .zstd: try ZstdFormat.readIndex(of: stored, contentSize: size)
            }
        guard let index else {
            throw BlobError(.damaged, "blob \(stored.blob) has no valid index of its \(coding.rawValue) frames")
        }
        self.blob = stored.blob
        self.size = size
        self.coding = coding
        self.stored = stored
        self.index = index
    }

    /// A way to read the content.
    ///
    /// - Throws: ``BlobError`` `.inputOutput` where there is no memory.
    public func makeCursor() throws(BlobError) -> FrameCursor { try FrameCursor(self) }

    /// Decodes and hashes the whole content, and checks what else is in the file.
    ///
    /// Holds a frame in memory, encoded and decoded.
    ///
    /// - Parameter progress: Told after each frame how many bytes of content it had; what it throws ends the reading.
    /// - Returns: The digest of the content.
    /// - Throws: ``BlobError`` `.damaged`, `.inputOutput`; what `progress` throws.
    public func digest(progress: (Int) throws -> Void = { _ in }) throws -> BlobID {
        var hash = ContentHash()
        let cursor = try self.makeCursor()
        var offset: Int64 = 0
        while offset < self.size {
            let piece = try cursor.read(at: offset, upTo: FrameIndex.maxFrameBytes)
            hash.update(piece)
            offset += Int64(piece.readableBytes)
            try progress(piece.readableBytes)
        }
        try self.checkEnd()
        return hash.finalize()
    }

    /// Checks what no read of a part comes by: the sum of all.
    ///
    /// - Throws: ``BlobError`` `.damaged`, `.inputOutput`.
    package func checkEnd() throws(BlobError) {
        // All of a zstd file is frames and index, which have been checked.
        guard self.coding == .gzip else { return }
        guard try GzipFormat.hasTrailer(self.index, in: self.stored) else {
            throw BlobError(.damaged, "the sum at the end of blob \(self.blob) is wrong")
        }
    }
}

/// Reads a compressed content, and keeps the frame that was read last.
///
/// Memory held is one frame, encoded and decoded: at most 8 MiB, 4 MiB as they are made. Use it from one task at a time.
public final class FrameCursor {
    private let blob: EncodedBlob
    private let decoder: FrameDecoder
    private var frame: Int?
    private var content = ByteBuffer()
    private var encoded = ByteBuffer()

    init(_ blob: EncodedBlob) throws(BlobError) {
        self.blob = blob
        self.decoder = try FrameDecoder(blob.coding)
    }

    /// Reads part of the content, of one frame at most.
    ///
    /// Blocks. A frame is decoded whole, and checked, before any of it is given out.
    ///
    /// - Parameters:
    ///   - offset: Zero-based, within the content.
    ///   - count: Bytes wanted, at least one.
    /// - Returns: At least one byte, up to what is wanted or to the end of the frame. They share the frame's memory.
    /// - Throws: ``BlobError`` `.damaged` where the frame is not what was written; `.inputOutput`.
    public func read(at offset: Int64, upTo count: Int) throws(BlobError) -> ByteBuffer {
        precondition(offset >= 0 && offset < self.blob.size && count > 0, "a place in the content")
        let frame = self.blob.index.frame(holding: offset)
        let range = self.blob.index.content(of: frame)
        if self.frame != frame { try self.decode(frame, range.count) }
        let start = Int(offset - range.lowerBound)
        guard let piece = self.content.getSlice(at: start, length: min(count, range.count - start)) else {
            preconditionFailure("a decoded frame holds what its index says")
        }
        return piece
    }

    private func decode(_ frame: Int, _ count: Int) throws(BlobError) {
        self.frame = nil
        let place = self.blob.index.place(of: frame)
        self.encoded.clear()
        try self.blob.stored.read(at: place.lowerBound, upTo: place.count, into: &self.encoded)
        let isWhole = self.encoded.withUnsafeReadableBytes { bytes in
            self.decoder.decode(
                bytes,
                count: count,
                isLast: frame == self.blob.index.count - 1,
                check: self.blob.index.checks.isEmpty ? nil : self.blob.index.checks[frame],
                into: &self.content
            )
        }
        guard isWhole else {
            throw BlobError(.damaged, "frame \(frame) of blob \(self.blob.blob) is damaged")
        }
        self.frame = frame
    }
}
