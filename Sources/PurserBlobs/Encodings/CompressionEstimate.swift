public import NIOCore

/// How well a content compresses, judged by a few of its blocks.
///
/// Neither its name nor its type is asked: a renamed archive is known as what it is.
public struct CompressionEstimate: Sendable, Hashable {
    /// Bytes of a block.
    public static let blockBytes = 16 * 1024
    /// Blocks that are looked at; a content of as much or less is looked at whole.
    public static let maxBlocks = 8
    /// Contents of as many bytes or fewer are looked at whole: encoding them tells as much.
    public static let sampleBytes = Int64(Self.blockBytes * Self.maxBlocks)
    /// Contents of fewer bytes are not worth the trouble.
    public static let minContentBytes: Int64 = 512

    /// Bytes that were looked at.
    public let sampledBytes: Int
    /// Bytes that they take when compressed.
    public let compressedBytes: Int

    /// Looks at a content.
    ///
    /// The blocks are spread evenly, the first and the last of the content among them; each is compressed by itself, fast.
    ///
    /// - Parameters:
    ///   - size: Bytes of the content, at least one.
    ///   - read: Gives so many bytes from an offset on.
    /// - Throws: What `read` throws; ``BlobError`` `.inputOutput`, `.damaged` where it gives nothing.
    public init(ofContent size: Int64, read: (_ offset: Int64, _ count: Int) throws -> ByteBuffer) throws {
        let encoder = try FrameEncoder(.zstd, level: 1)
        var sampled = 0
        var compressed = 0
        var frame = ByteBuffer()
        for block in Self.blocks(ofContent: size) {
            let bytes = try read(block.lowerBound, block.count)
            guard bytes.readableBytes > 0 else { throw BlobError(.damaged, "a content ends early") }
            try bytes.withUnsafeReadableBytes { try encoder.encode($0, isLast: true, into: &frame) }
            sampled += bytes.readableBytes
            // A frame has 9 to 18 bytes of its own, which a whole content has once.
            compressed += max(1, frame.readableBytes - 12)
        }
        self.sampledBytes = sampled
        self.compressedBytes = compressed
    }

    /// The blocks of a content that are looked at, in order.
    static func blocks(ofContent size: Int64) -> [Range<Int64>] {
        let block = Int64(self.blockBytes)
        let count = Int64(self.maxBlocks)
        guard size > block * count else { return [0..<size] }
        return (0..<count).map { number in
            let start = (size - block) / (count - 1) * number
            return number == count - 1 ? size - block..<size : start..<start + block
        }
    }

    /// Whether compressing the whole may save so much of it.
    ///
    /// Lenient by half, as small blocks compress less well than the whole.
    ///
    /// - Parameter share: Of 1, not negative.
    /// - Returns: `false` where it is not worth the attempt.
    public func promises(saving share: Double) -> Bool {
        Double(self.compressedBytes) <= Double(self.sampledBytes) * (1 - share / 2)
    }
}
