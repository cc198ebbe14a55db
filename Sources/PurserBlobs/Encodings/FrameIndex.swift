/// Where the frames of an encoded blob lie in its file.
///
/// Each frame holds the same number of bytes of the content, the last one perhaps fewer, and can be decoded without any
/// other. An index is made of what was written, or read from a file and then checked before use: sizes add up to those of
/// file and content, and each is within the bounds that the codings have. So nothing is allocated by what a disk says.
struct FrameIndex: Sendable, Equatable {
    /// The least and the most bytes of content that a frame may be said to hold.
    static let minFrameBytes = 64 << 10
    static let maxFrameBytes = 4 << 20

    /// Bytes of content in each frame but the last.
    let frameBytes: Int
    /// Bytes of the content.
    let contentSize: Int64
    /// Where each frame begins in the file, and where the last one ends.
    let offsets: [Int64]
    /// The CRC-32 of each frame's content, where the frames do not have checks of their own; else empty.
    let checks: [UInt32]

    /// Builds an index over frames that lie one after the other.
    ///
    /// There is none where the figures contradict one another or the bounds.
    ///
    /// - Parameters:
    ///   - sizes: Bytes of each frame in the file.
    ///   - checks: The CRC-32 of each frame's content, or none at all.
    ///   - start: Where the first frame begins.
    ///   - end: Where the last one must end; `nil` where that follows from the sizes.
    ///   - frameBytes: Bytes of content in each frame but the last.
    ///   - contentSize: Bytes of the content.
    init?(
        sizes: [Int],
        checks: [UInt32] = [],
        start: Int64,
        end: Int64? = nil,
        frameBytes: Int,
        contentSize: Int64
    ) {
        guard frameBytes > 0, frameBytes <= Self.maxFrameBytes, contentSize > 0,
            Int64(sizes.count) == Self.frames(of: contentSize, frameBytes: frameBytes),
            sizes.count == 1 || frameBytes >= Self.minFrameBytes, checks.isEmpty || checks.count == sizes.count
        else { return nil }
        var offsets: [Int64] = [start]
        offsets.reserveCapacity(sizes.count + 1)
        var offset = start
        for size in sizes {
            guard size > 0, size <= Self.maxEncodedBytes(of: frameBytes) else { return nil }
            offset += Int64(size)
            offsets.append(offset)
        }
        guard end == nil || end == offset else { return nil }
        self.frameBytes = frameBytes
        self.contentSize = contentSize
        self.offsets = offsets
        self.checks = checks
    }

    /// How many frames there are.
    var count: Int { self.offsets.count - 1 }

    /// The frame that holds a byte of the content.
    func frame(holding offset: Int64) -> Int { Int(offset / Int64(self.frameBytes)) }

    /// The bytes of the content that a frame holds.
    func content(of frame: Int) -> Range<Int64> {
        let start = Int64(frame) * Int64(self.frameBytes)
        return start..<min(start + Int64(self.frameBytes), self.contentSize)
    }

    /// The bytes of the file that a frame takes.
    func place(of frame: Int) -> Range<Int64> { self.offsets[frame]..<self.offsets[frame + 1] }

    /// How many frames a content of a certain size has.
    static func frames(of contentSize: Int64, frameBytes: Int) -> Int64 {
        (contentSize + Int64(frameBytes) - 1) / Int64(frameBytes)
    }

    /// More than any of the codings makes of so many bytes, whatever they are.
    static func maxEncodedBytes(of count: Int) -> Int { count + count / 64 + 1024 }
}
