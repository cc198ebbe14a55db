import CZlib
import NIOCore

/// A gzip file with an index.
///
/// It is one gzip member (RFC 1952), so `gunzip` and every client that takes `Content-Encoding: gzip` decode all of it. (Of
/// a file of several members, browsers read the first and drop the rest without a word.) Its DEFLATE stream is cut into
/// frames by full flushes (`Z_FULL_FLUSH`): nothing after one refers to anything before it, so each can be decoded alone.
/// The index stands in front, in a field that decoders pass over. All numbers are unsigned and little-endian.
///
/// ```
/// 10 bytes      1F 8B 08 04 00 00 00 00 00 FF: DEFLATE, with an extra field, without time, of no system
/// 2 bytes       bytes of the extra field: 12 + 8 × frames
/// 2 bytes       'P' 'F', the name of the one subfield
/// 2 bytes       bytes of the subfield: 8 + 8 × frames
///   4 bytes     CRC-32 of the rest of the subfield
///   4 bytes     bytes of content in each frame but the last
///   per frame:
///     4 bytes   bytes of the frame in this file
///     4 bytes   CRC-32 of its content
/// frames        each but the last ends with the empty stored block of the flush (00 00 FF FF), the last one ends the
///               stream
/// 4 bytes       CRC-32 of the whole content
/// 4 bytes       bytes of the whole content, modulo 2^32
/// ```
///
/// A small content that lies in the catalog is a gzip member of one frame without an extra field.
enum GzipFormat {
    /// As many as an extra field of 65,535 bytes can list.
    static let maxFrames = 8_190

    static let trailerBytes = 8
    private static let name: [UInt8] = [UInt8(ascii: "P"), UInt8(ascii: "F")]
    private static let entryBytes = 8
    /// Up to and with the name and length of the subfield.
    private static let fixedBytes = 16
    /// The check and the size of the frames.
    private static let leadBytes = 8

    /// Bytes in front of the first frame.
    static func headBytes(frames: Int) -> Int { self.fixedBytes + self.leadBytes + frames * self.entryBytes }

    /// The bytes that every gzip member of ours begins with.
    static func start(hasExtraField: Bool) -> [UInt8] {
        [0x1f, 0x8b, 8, hasExtraField ? 4 : 0, 0, 0, 0, 0, 0, 0xff]
    }

    /// What stands in front of the first frame.
    static func encodeHead(_ index: FrameIndex) -> ByteBuffer {
        var entries = ByteBuffer()
        entries.writeLittle(UInt32(index.frameBytes))
        for frame in 0..<index.count {
            entries.writeLittle(UInt32(index.place(of: frame).count))
            entries.writeLittle(index.checks[frame])
        }
        var head = ByteBuffer(bytes: self.start(hasExtraField: true))
        head.writeLittle(UInt16(4 + 4 + entries.readableBytes))
        head.writeBytes(self.name)
        head.writeLittle(UInt16(4 + entries.readableBytes))
        head.writeLittle(self.crc(of: entries))
        head.writeBuffer(&entries)
        return head
    }

    /// What stands behind the last frame.
    static func encodeTrailer(_ index: FrameIndex) -> ByteBuffer {
        var trailer = ByteBuffer()
        trailer.writeLittle(self.contentCheck(of: index))
        trailer.writeLittle(UInt32(truncatingIfNeeded: index.contentSize))
        return trailer
    }

    /// The CRC-32 of the whole content, from those of its frames.
    private static func contentCheck(of index: FrameIndex) -> UInt32 {
        var check: UInt = 0
        for frame in 0..<index.count {
            check = crc32_combine(check, UInt(index.checks[frame]), Int(index.content(of: frame).count))
        }
        return UInt32(truncatingIfNeeded: check)
    }

    /// Reads the index of a file and checks it.
    ///
    /// - Parameters:
    ///   - file: All bytes of the file.
    ///   - contentSize: Bytes that the content must have.
    /// - Returns: `nil` where there is no index, or not that of such a content.
    /// - Throws: ``BlobError`` as ``BlobReader/read(at:upTo:)``.
    static func readIndex(of file: BlobReader, contentSize: Int64) throws(BlobError) -> FrameIndex? {
        guard file.size > Int64(self.headBytes(frames: 1) + self.trailerBytes) else { return nil }
        var fixed = try file.read(at: 0, upTo: self.fixedBytes)
        guard fixed.readBytes(length: 10) == self.start(hasExtraField: true),
            let extra = fixed.readLittle(UInt16.self).map(Int.init), fixed.readBytes(length: 2) == self.name,
            let length = fixed.readLittle(UInt16.self).map(Int.init), extra == length + 4, length > self.leadBytes,
            (length - self.leadBytes).isMultiple(of: self.entryBytes),
            Int64(self.fixedBytes + length + self.trailerBytes) < file.size
        else { return nil }
        var field = try file.read(at: Int64(self.fixedBytes), upTo: length)
        guard let check = field.readLittle(UInt32.self), check == self.crc(of: field),
            let frameBytes = field.readLittle(UInt32.self)
        else { return nil }
        var sizes: [Int] = []
        var checks: [UInt32] = []
        while let size = field.readLittle(UInt32.self), let check = field.readLittle(UInt32.self) {
            sizes.append(Int(size))
            checks.append(check)
        }
        return FrameIndex(
            sizes: sizes,
            checks: checks,
            start: Int64(self.headBytes(frames: sizes.count)),
            end: file.size - Int64(self.trailerBytes),
            frameBytes: Int(frameBytes),
            contentSize: contentSize
        )
    }

    /// Whether the end of the file is what follows from the index.
    static func hasTrailer(_ index: FrameIndex, in file: BlobReader) throws(BlobError) -> Bool {
        try file.read(at: file.size - Int64(self.trailerBytes), upTo: self.trailerBytes) == self.encodeTrailer(index)
    }

    /// The CRC-32 of bytes.
    static func crc(of buffer: ByteBuffer) -> UInt32 {
        buffer.withUnsafeReadableBytes { self.crc(of: $0) }
    }

    /// The CRC-32 of bytes, of which there are fewer than 4 GiB.
    static func crc(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        return UInt32(truncatingIfNeeded: crc32(0, start, uInt(bytes.count)))
    }
}
