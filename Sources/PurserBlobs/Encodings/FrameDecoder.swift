import CZlib
import CZstd
import NIOCore

/// Decodes frames, each by itself, and checks what comes out.
///
/// Memory held is that of the library: less than 256 KiB. Use it from one task at a time.
final class FrameDecoder {
    private enum Engine {
        case inflate(InflateEngine)
        case zstd(OpaquePointer)
    }

    private let engine: Engine

    /// A decoder of any number of frames.
    ///
    /// - Parameter coding: How they are compressed.
    /// - Throws: ``BlobError`` `.inputOutput` where there is no memory.
    init(_ coding: ContentCoding) throws(BlobError) {
        switch coding {
        case .gzip: self.engine = .inflate(try InflateEngine())
        case .zstd:
            guard let context = ZSTD_createDCtx() else {
                throw BlobError(.inputOutput, "libzstd could not begin: no memory")
            }
            self.engine = .zstd(context)
        }
    }

    deinit {
        if case .zstd(let context) = self.engine { _ = ZSTD_freeDCtx(context) }
    }

    /// Decodes a frame.
    ///
    /// - Parameters:
    ///   - frame: All bytes of the frame, and no other.
    ///   - count: Bytes of content that it must have.
    ///   - isLast: Whether the content must end with it.
    ///   - check: The CRC-32 of the content, where the frame has no check of its own.
    ///   - output: Cleared, then given the content.
    /// - Returns: `false` where the frame is damaged; the output is then empty.
    func decode(
        _ frame: UnsafeRawBufferPointer,
        count: Int,
        isLast: Bool,
        check: UInt32?,
        into output: inout ByteBuffer
    ) -> Bool {
        output.clear(minimumCapacity: count)
        var isWhole = false
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            let room = UnsafeMutableRawBufferPointer(rebasing: room[..<count])
            switch self.engine {
            case .inflate(let engine):
                isWhole =
                    engine.decode(frame, into: room, isLast: isLast)
                    && check == GzipFormat.crc(of: UnsafeRawBufferPointer(room))
            case .zstd(let context):
                isWhole = Self.decode(frame, into: room, with: context)
            }
            return isWhole ? count : 0
        }
        return isWhole
    }

    private static func decode(
        _ frame: UnsafeRawBufferPointer,
        into room: UnsafeMutableRawBufferPointer,
        with context: OpaquePointer
    ) -> Bool {
        // One frame, which says how much it holds and has a checksum (RFC 8878 §3.1.1.1.1): else nothing is decoded.
        guard frame.count > 5, frame[4] & 0b100 != 0,
            ZSTD_getFrameContentSize(frame.baseAddress, frame.count) == UInt64(room.count),
            ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count) == frame.count
        else { return false }
        // Compares the checksum, too.
        return ZSTD_decompressDCtx(context, room.baseAddress, room.count, frame.baseAddress, frame.count) == room.count
    }
}

/// Parts of a raw DEFLATE stream, each of which begins with nothing to look back at.
private final class InflateEngine {
    /// zlib keeps the address, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(BlobError) {
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        let result = inflateInit2_(self.stream, -MAX_WBITS, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw BlobError(.inputOutput, "zlib could not begin: \(result)") }
    }

    deinit {
        _ = inflateEnd(self.stream)
        self.stream.deallocate()
    }

    func decode(_ frame: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer, isLast: Bool) -> Bool {
        guard inflateReset(self.stream) == Z_OK else { return false }
        // zlib reads through this pointer and never writes.
        self.stream.pointee.next_in = UnsafeMutablePointer(
            mutating: frame.assumingMemoryBound(to: UInt8.self).baseAddress
        )
        self.stream.pointee.avail_in = uInt(frame.count)
        self.stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self).baseAddress
        self.stream.pointee.avail_out = uInt(room.count)
        let result = inflate(self.stream, Z_SYNC_FLUSH)
        guard self.stream.pointee.avail_in == 0, self.stream.pointee.avail_out == 0 else { return false }
        guard !isLast else { return result == Z_STREAM_END }
        return result == Z_OK && frame.suffix(4).elementsEqual([0, 0, 0xff, 0xff])
    }
}
