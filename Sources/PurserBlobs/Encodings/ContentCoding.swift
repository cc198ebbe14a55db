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
    /// A read of one byte decodes a frame, which has to take some milliseconds only; and the larger the frames, the smaller
    /// the whole. DEFLATE looks back 32 KiB only and decodes slowly, so its frames are the smaller ones; they grow with
    /// contents whose index would not fit into the field that holds it.
    func frameBytes(forContentOf size: Int64) -> Int {
        switch self {
        case .zstd: return FrameIndex.maxFrameBytes
        case .gzip:
            var bytes = 1 << 20
            while bytes < FrameIndex.maxFrameBytes, size > Int64(bytes) * Int64(GzipFormat.maxFrames) { bytes *= 2 }
            return bytes
        }
    }

    /// The largest content that can be kept so, in bytes.
    package var maxContentSize: Int64 {
        switch self {
        case .gzip: Int64(GzipFormat.maxFrames) * Int64(FrameIndex.maxFrameBytes)
        case .zstd: Int64(ZstdFormat.maxFrames) * Int64(FrameIndex.maxFrameBytes)
        }
    }
}
