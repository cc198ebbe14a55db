/// How the bytes of a blob are kept.
///
/// The catalog keeps the raw value; one that it does not list is of a newer Purser.
public enum BlobEncoding: String, Sendable, Hashable, CaseIterable {
    /// As they are, in the catalog.
    case inline
    /// As they are, in a file of their own.
    case raw
    /// In a file of their own that `gunzip` can read: ``GzipFormat``.
    case gzip
    /// In a file of their own that `zstd -d` can read: ``ZstdFormat``.
    case zstd
    /// As one gzip member, in the catalog.
    case inlineGzip = "inline-gzip"
    /// As one zstd frame, in the catalog.
    case inlineZstd = "inline-zstd"

    /// The encoding of a content with a coding, or with none.
    public init(isInline: Bool, coding: ContentCoding?) {
        switch coding {
        case nil: self = isInline ? .inline : .raw
        case .gzip: self = isInline ? .inlineGzip : .gzip
        case .zstd: self = isInline ? .inlineZstd : .zstd
        }
    }

    /// Whether the bytes lie in the catalog.
    public var isInline: Bool {
        switch self {
        case .inline, .inlineGzip, .inlineZstd: true
        case .raw, .gzip, .zstd: false
        }
    }

    /// How the bytes are compressed; `nil` where they are kept as they are.
    public var coding: ContentCoding? {
        switch self {
        case .inline, .raw: nil
        case .gzip, .inlineGzip: .gzip
        case .zstd, .inlineZstd: .zstd
        }
    }

    /// Encodings whose bytes lie in a file.
    public static let inFiles: [BlobEncoding] = [.raw, .gzip, .zstd]

    /// What the name of a blob's file ends with, after the digest.
    var fileSuffix: String {
        switch self {
        case .gzip: ".gz"
        case .zstd: ".zst"
        case .raw, .inline, .inlineGzip, .inlineZstd: ""
        }
    }
}
