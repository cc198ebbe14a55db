/// How contents are compressed; the raw values are HTTP's names (RFC 9110 §8.4.1, RFC 8878 §7.2).
public enum ContentCoding: String, Sendable, Hashable, CaseIterable {
    /// DEFLATE (RFC 1951) in the gzip format (RFC 1952), by zlib.
    case gzip
    /// Zstandard (RFC 8878), by libzstd.
    case zstd

    /// The levels that can be asked for: the higher, the smaller and the slower.
    public var levels: ClosedRange<Int> {
        switch self {
        case .gzip: 1...9
        case .zstd: 1...19
        }
    }

    /// The level that the coding's own program takes unless told otherwise.
    public var defaultLevel: Int {
        switch self {
        case .gzip: 6
        case .zstd: 3
        }
    }

    /// Bytes of content in each frame but the last, for a content of a certain size.
    ///
    /// A read of one byte decodes a frame, which has to take some milliseconds only, and nothing ends the encoding of a frame
    /// before it is done; but the larger the frames, the smaller the whole. DEFLATE looks back 32 KiB only and decodes
    /// slowly, and the high levels of zstd take a third of a second for 1 MiB: their frames are the smaller ones. They grow
    /// with contents whose index would not hold so many.
    func frameBytes(forContentOf size: Int64, level: Int? = nil) -> Int {
        var bytes = self == .gzip || (level ?? self.defaultLevel) >= Self.slowLevel ? 1 << 20 : FrameIndex.maxFrameBytes
        while bytes < FrameIndex.maxFrameBytes, size > Int64(bytes) * Int64(self.maxFrames) { bytes *= 2 }
        return bytes
    }

    /// The first level of zstd that takes more than a quarter of a second for a frame of 4 MiB.
    private static let slowLevel = 13

    private var maxFrames: Int {
        switch self {
        case .gzip: GzipFormat.maxFrames
        case .zstd: ZstdFormat.maxFrames
        }
    }

    /// The largest content that can be kept so, in bytes.
    package var maxContentSize: Int64 {
        Int64(self.maxFrames) * Int64(FrameIndex.maxFrameBytes)
    }
}
