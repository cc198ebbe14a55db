import NIOCore

/// A file of zstd frames with an index.
///
/// It is valid Zstandard (RFC 8878), so `zstd -d` and every browser decode all of it, and follows the "seekable format" of
/// the zstd project, so other programs can use the index. All numbers are unsigned and little-endian.
///
/// ```
/// frames        each: Zstandard frame with its content size and its checksum (XXH64), of 4 MiB of content, the last one
///               of what remains; independent of one another
/// skippable frame, which decoders pass over:
///   4 bytes     0x184D2A5E
///   4 bytes     bytes that follow: 8 × frames + 9
///   per frame:
///     4 bytes   bytes of the frame
///     4 bytes   bytes of its content
///   4 bytes     number of frames
///   1 byte      0: no checksums in the index, as the frames have theirs
///   4 bytes     0x8F92EAB1
/// ```
///
/// The index has no checksum. One that was changed is found all the same: sizes must add up to those of file and content,
/// all frames but the last must hold as much, and what a frame holds is in the frame, too.
enum ZstdFormat {
    /// What the format allows (`ZSTD_SEEKABLE_MAXFRAMES`).
    static let maxFrames = 0x800_0000

    private static let skippable: UInt32 = 0x184D_2A5E
    private static let seekable: UInt32 = 0x8F92_EAB1
    private static let headBytes = 8
    private static let entryBytes = 8
    private static let footBytes = 9

    /// Bytes of the index of so many frames.
    static func indexBytes(frames: Int) -> Int { self.headBytes + frames * self.entryBytes + self.footBytes }

    /// The index as it stands at the end of the file.
    static func encode(_ index: FrameIndex) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(self.indexBytes(frames: index.count))
        buffer.writeLittle(self.skippable)
        buffer.writeLittle(UInt32(index.count * self.entryBytes + self.footBytes))
        for frame in 0..<index.count {
            buffer.writeLittle(UInt32(index.place(of: frame).count))
            buffer.writeLittle(UInt32(index.content(of: frame).count))
        }
        buffer.writeLittle(UInt32(index.count))
        buffer.writeLittle(UInt8(0))
        buffer.writeLittle(self.seekable)
        return buffer
    }

    /// Reads the index of a file and checks it.
    ///
    /// - Parameters:
    ///   - file: All bytes of the file.
    ///   - contentSize: Bytes that the content must have.
    /// - Returns: `nil` where there is no index, or not that of such a content.
    /// - Throws: ``BlobError`` as ``BlobReader/read(at:upTo:)``.
    static func readIndex(of file: BlobReader, contentSize: Int64) throws(BlobError) -> FrameIndex? {
        guard file.size >= Int64(self.indexBytes(frames: 1)) else { return nil }
        var foot = try file.read(at: file.size - Int64(self.footBytes), upTo: self.footBytes)
        guard let count = foot.readLittle(UInt32.self).map(Int.init), foot.readLittle(UInt8.self) == 0,
            foot.readLittle(UInt32.self) == self.seekable, count > 0,
            Int64(count) <= FrameIndex.frames(of: contentSize, frameBytes: FrameIndex.minFrameBytes),
            Int64(self.indexBytes(frames: count)) < file.size
        else { return nil }
        let start = file.size - Int64(self.indexBytes(frames: count))
        var table = try file.read(at: start, upTo: self.headBytes + count * self.entryBytes)
        guard table.readLittle(UInt32.self) == self.skippable,
            table.readLittle(UInt32.self) == UInt32(count * self.entryBytes + self.footBytes)
        else { return nil }
        var sizes: [Int] = []
        sizes.reserveCapacity(count)
        var frameBytes = 0
        for frame in 0..<count {
            guard let size = table.readLittle(UInt32.self), let content = table.readLittle(UInt32.self) else {
                return nil
            }
            sizes.append(Int(size))
            if frame == 0 { frameBytes = Int(content) }
            let isAsExpected =
                frame < count - 1
                ? Int(content) == frameBytes
                : Int64(content) == contentSize - Int64(frame) * Int64(frameBytes)
            guard isAsExpected else { return nil }
        }
        return FrameIndex(sizes: sizes, start: 0, end: start, frameBytes: frameBytes, contentSize: contentSize)
    }
}
