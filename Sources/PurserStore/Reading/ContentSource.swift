import NIOCore
import PurserBlobs

/// The bytes of a content, wherever and however they are kept.
///
/// Blocks. Use it from one task at a time.
final class ContentSource {
    private enum Place {
        case inline(ByteBuffer)
        case raw(BlobReader)
        case encoded(FrameCursor)
    }

    private let place: Place

    /// A way to read an open content.
    init(_ place: FileContent.Place) throws(BlobError) {
        switch place {
        case .inline(let buffer): self.place = .inline(buffer)
        case .raw(let reader): self.place = .raw(reader)
        case .encoded(let blob): self.place = .encoded(try blob.makeCursor())
        }
    }

    /// Reads part of the content.
    ///
    /// - Parameters:
    ///   - offset: Zero-based, within the content.
    ///   - count: Bytes wanted, at least one.
    /// - Returns: At least one byte, perhaps fewer than wanted.
    /// - Throws: ``BlobError`` `.damaged`, `.inputOutput`.
    func read(at offset: Int64, upTo count: Int) throws(BlobError) -> ByteBuffer {
        switch self.place {
        case .inline(let buffer):
            let start = buffer.readerIndex + Int(offset)
            return buffer.getSlice(at: start, length: min(count, buffer.writerIndex - start)) ?? ByteBuffer()
        case .raw(let reader): return try reader.read(at: offset, upTo: count)
        case .encoded(let cursor): return try cursor.read(at: offset, upTo: count)
        }
    }

    /// Reads part of the content into a buffer, which is cleared first so that its memory can be used again.
    ///
    /// - Parameters:
    ///   - offset: Zero-based, within the content.
    ///   - count: Bytes wanted; the content has as many.
    ///   - buffer: Gets them.
    /// - Throws: ``BlobError`` `.damaged`, `.inputOutput`.
    func read(at offset: Int64, count: Int, into buffer: inout ByteBuffer) throws(BlobError) {
        buffer.clear()
        if case .raw(let reader) = self.place {
            return try reader.read(at: offset, upTo: count, into: &buffer)
        }
        while buffer.readableBytes < count {
            var piece = try self.read(at: offset + Int64(buffer.readableBytes), upTo: count - buffer.readableBytes)
            guard piece.readableBytes > 0 else { throw BlobError(.damaged, "a content ends early") }
            buffer.writeBuffer(&piece)
        }
    }
}
