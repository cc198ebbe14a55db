import CZlib
import CZstd
import NIOCore

/// Compresses the frames of one content, one after the other.
///
/// Memory held is that of the library: some hundred KiB for gzip, some MiB for zstd at its usual levels. Use it from one
/// task at a time.
final class FrameEncoder {
    private enum Engine {
        case deflate(DeflateEngine)
        case zstd(ZstdEngine)
    }

    private let engine: Engine

    /// An encoder of one content.
    ///
    /// - Parameters:
    ///   - coding: How it is compressed.
    ///   - level: How hard; beyond the coding's levels the nearest one counts.
    /// - Throws: ``BlobError`` `.inputOutput` where there is no memory.
    init(_ coding: ContentCoding, level: Int) throws(BlobError) {
        let level = CInt(min(max(level, coding.levels.lowerBound), coding.levels.upperBound))
        switch coding {
        case .gzip: self.engine = .deflate(try DeflateEngine(level: level))
        case .zstd: self.engine = .zstd(try ZstdEngine(level: level))
        }
    }

    /// Compresses the content of a frame.
    ///
    /// - Parameters:
    ///   - content: At least one byte, at most ``FrameIndex/maxFrameBytes``.
    ///   - isLast: Whether the content ends with it.
    ///   - output: Cleared, then given the frame.
    /// - Throws: ``BlobError`` `.inputOutput` where the library fails.
    func encode(_ content: UnsafeRawBufferPointer, isLast: Bool, into output: inout ByteBuffer) throws(BlobError) {
        precondition(!content.isEmpty && content.count <= FrameIndex.maxFrameBytes, "a frame holds some bytes")
        output.clear(minimumCapacity: FrameIndex.maxEncodedBytes(of: content.count))
        var failure: BlobError?
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: FrameIndex.maxEncodedBytes(of: content.count)) {
            room in
            do throws(BlobError) {
                switch self.engine {
                case .deflate(let engine): return try engine.encode(content, isLast: isLast, into: room)
                case .zstd(let engine): return try engine.encode(content, into: room)
                }
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
    }
}

/// One raw DEFLATE stream with a full flush after each frame.
private final class DeflateEngine {
    /// zlib keeps the address, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    init(level: CInt) throws(BlobError) {
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        let size = CInt(MemoryLayout<z_stream>.size)
        let result = deflateInit2_(
            self.stream,
            level,
            Z_DEFLATED,
            -MAX_WBITS,
            DeflateEngine.memoryLevel,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            size
        )
        guard result == Z_OK else { throw BlobError(.inputOutput, "zlib could not begin: \(result)") }
    }

    /// zlib's own default (`DEF_MEM_LEVEL`).
    private static let memoryLevel: CInt = 8

    deinit {
        // What was not finished is not wanted.
        _ = deflateEnd(self.stream)
        self.stream.deallocate()
    }

    func encode(
        _ content: UnsafeRawBufferPointer,
        isLast: Bool,
        into room: UnsafeMutableRawBufferPointer
    ) throws(BlobError) -> Int {
        // zlib reads through this pointer and never writes.
        self.stream.pointee.next_in = UnsafeMutablePointer(
            mutating: content.assumingMemoryBound(to: UInt8.self).baseAddress
        )
        self.stream.pointee.avail_in = uInt(content.count)
        self.stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self).baseAddress
        self.stream.pointee.avail_out = uInt(room.count)
        let result = deflate(self.stream, isLast ? Z_FINISH : Z_FULL_FLUSH)
        // With room left, a flush is complete (zlib.h, deflate).
        guard result == (isLast ? Z_STREAM_END : Z_OK), self.stream.pointee.avail_in == 0,
            self.stream.pointee.avail_out > 0
        else { throw BlobError(.inputOutput, "zlib could not compress: \(result)") }
        return room.count - Int(self.stream.pointee.avail_out)
    }
}

/// Frames of their own, with content size and checksum.
private final class ZstdEngine {
    /// Looks back over a whole frame of 4 MiB, which makes up for what frames cost; clients need not look back further than
    /// 8 MiB (RFC 9659).
    private static let windowLog: CInt = 22

    private let context: OpaquePointer

    init(level: CInt) throws(BlobError) {
        guard let context = ZSTD_createCCtx() else {
            throw BlobError(.inputOutput, "libzstd could not begin: no memory")
        }
        self.context = context
        let settings = [
            (ZSTD_c_compressionLevel, level), (ZSTD_c_checksumFlag, 1), (ZSTD_c_windowLog, ZstdEngine.windowLog),
        ]
        for (parameter, value) in settings {
            let result = ZSTD_CCtx_setParameter(context, parameter, value)
            guard ZSTD_isError(result) == 0 else { throw BlobError(.inputOutput, zstdMessage(result)) }
        }
    }

    deinit {
        _ = ZSTD_freeCCtx(self.context)
    }

    func encode(
        _ content: UnsafeRawBufferPointer,
        into room: UnsafeMutableRawBufferPointer
    ) throws(BlobError) -> Int {
        let result = ZSTD_compress2(self.context, room.baseAddress, room.count, content.baseAddress, content.count)
        guard ZSTD_isError(result) == 0 else { throw BlobError(.inputOutput, zstdMessage(result)) }
        return result
    }
}

/// What the library says of a failure.
private func zstdMessage(_ result: Int) -> String {
    "libzstd could not compress: \(String(cString: ZSTD_getErrorName(result)))"
}
