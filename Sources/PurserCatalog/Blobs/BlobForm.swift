public import Foundation

/// How a content is kept, or is to be.
public struct BlobForm: Sendable, Equatable {
    /// `inline…` in the catalog itself, else as a file of its own.
    public var encoding: String
    /// Bytes as kept, encoded.
    public var storedSize: Int64
    /// The bytes, where the catalog keeps them.
    public var bytes: Data?

    /// A form whose bytes are on the disk, durably, under the content's name and that of the encoding.
    public init(encoding: String, storedSize: Int64) {
        self.encoding = encoding
        self.storedSize = storedSize
    }

    /// A form whose bytes the catalog keeps.
    public init(encoding: String, bytes: Data) {
        self.encoding = encoding
        self.storedSize = Int64(bytes.count)
        self.bytes = bytes
    }
}
