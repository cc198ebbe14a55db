package import NIOCore

/// Makes the file of an encoded blob, frame by frame, or finds out how large it would be.
///
/// Memory held: one encoded frame, and the library's own. Use it from one task at a time.
package final class ContentEncoder {
    /// Bytes of content that each ``write(_:)`` but the last must bring.
    package let frameBytes: Int
    /// Bytes of the file so far: frames, and what comes before and after all of them.
    package private(set) var storedBytes: Int64

    private let coding: ContentCoding
    private let contentSize: Int64
    private let frames: FrameEncoder
    private let file: EncodedStagingFile?
    private let start: Int64
    private var end: Int64
    private var sizes: [Int] = []
    private var checks: [UInt32] = []
    private var encoded = ByteBuffer()

    /// An encoder of one content.
    ///
    /// - Parameters:
    ///   - contentSize: Bytes of the content, at least one.
    ///   - coding: How it is compressed.
    ///   - level: How hard; `nil` is the coding's default.
    ///   - file: Where the bytes go; `nil` where only their number is wanted.
    /// - Throws: ``BlobError`` `.inputOutput` where there is no memory, or the coding cannot keep so large a content.
    package init(
        contentSize: Int64,
        coding: ContentCoding,
        level: Int?,
        file: EncodedStagingFile?
    ) throws(BlobError) {
        guard contentSize > 0, contentSize <= coding.maxContentSize else {
            throw BlobError(.inputOutput, "\(contentSize) bytes cannot be kept as \(coding.rawValue)")
        }
        self.frameBytes = coding.frameBytes(forContentOf: contentSize, level: level)
        let count = Int(FrameIndex.frames(of: contentSize, frameBytes: self.frameBytes))
        switch coding {
        case .gzip:
            self.start = Int64(GzipFormat.headBytes(frames: count))
            self.storedBytes = self.start + Int64(GzipFormat.trailerBytes)
        case .zstd:
            self.start = 0
            self.storedBytes = Int64(ZstdFormat.indexBytes(frames: count))
        }
        self.end = self.start
        self.coding = coding
        self.contentSize = contentSize
        self.frames = try FrameEncoder(coding, level: level ?? coding.defaultLevel)
        self.file = file
        self.sizes.reserveCapacity(count)
    }

    /// Encodes a frame.
    ///
    /// - Parameter content: The next ``frameBytes`` bytes of the content, or what remains of it.
    /// - Throws: ``BlobError`` `.noSpace`, `.inputOutput`.
    package func write(_ content: ByteBuffer) throws(BlobError) {
        let before = Int64(self.sizes.count) * Int64(self.frameBytes)
        let isLast = before + Int64(content.readableBytes) == self.contentSize
        precondition(
            isLast || content.readableBytes == self.frameBytes && before < self.contentSize,
            "frames come whole and in order"
        )
        // A typed throw does not pass through the closure.
        let result = content.withUnsafeReadableBytes { bytes in
            Result { () throws(BlobError) in try self.frames.encode(bytes, isLast: isLast, into: &self.encoded) }
        }
        try result.get()
        try self.file?.write(self.encoded, at: self.end)
        self.sizes.append(self.encoded.readableBytes)
        if self.coding == .gzip { self.checks.append(GzipFormat.crc(of: content)) }
        self.end += Int64(self.encoded.readableBytes)
        self.storedBytes += Int64(self.encoded.readableBytes)
    }

    /// Writes the index, after the last frame; nothing is durable yet.
    ///
    /// - Throws: ``BlobError`` `.noSpace`, `.inputOutput`.
    package func finish() throws(BlobError) {
        guard
            let index = FrameIndex(
                sizes: self.sizes,
                checks: self.checks,
                start: self.start,
                frameBytes: self.frameBytes,
                contentSize: self.contentSize
            )
        else { preconditionFailure("the index of what was written is valid") }
        switch self.coding {
        case .gzip:
            try self.file?.write(GzipFormat.encodeHead(index), at: 0)
            try self.file?.write(GzipFormat.encodeTrailer(index), at: self.end)
        case .zstd:
            try self.file?.write(ZstdFormat.encode(index), at: self.end)
        }
    }
}
