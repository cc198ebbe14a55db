public import NIOCore

/// Compresses contents that lie in the catalog: one gzip member or one zstd frame, without an index.
public enum InlineCoding {
    /// Compresses a content.
    ///
    /// - Parameters:
    ///   - content: 1 byte to 4 MiB.
    ///   - coding: How.
    ///   - level: How hard; `nil` is the coding's default, and beyond its levels the nearest one counts.
    /// - Returns: What `gunzip` or `zstd -d` make the content of.
    /// - Throws: ``BlobError`` `.inputOutput` where the library fails.
    public static func encode(
        _ content: ByteBuffer,
        as coding: ContentCoding,
        level: Int? = nil
    ) throws(BlobError) -> ByteBuffer {
        let encoder = try FrameEncoder(coding, level: level ?? coding.defaultLevel)
        var frame = ByteBuffer()
        // A typed throw does not pass through the closure.
        let result = content.withUnsafeReadableBytes { bytes in
            Result { () throws(BlobError) in try encoder.encode(bytes, isLast: true, into: &frame) }
        }
        try result.get()
        guard coding == .gzip else { return frame }
        var member = ByteBuffer(bytes: GzipFormat.start(hasExtraField: false))
        member.writeBuffer(&frame)
        member.writeLittle(GzipFormat.crc(of: content))
        member.writeLittle(UInt32(content.readableBytes))
        return member
    }

    /// Decodes and checks what ``encode(_:as:level:)`` made.
    ///
    /// - Parameters:
    ///   - stored: The bytes that are kept.
    ///   - coding: How they are compressed.
    ///   - size: Bytes of the content, from the catalog.
    /// - Returns: The content.
    /// - Throws: ``BlobError`` `.damaged` where these are other bytes; `.inputOutput` where there is no memory.
    public static func decode(
        _ stored: UnsafeRawBufferPointer,
        as coding: ContentCoding,
        size: Int64
    ) throws(BlobError) -> ByteBuffer {
        let damage = BlobError(.damaged, "a content in the catalog is not valid \(coding.rawValue)")
        guard size > 0, size <= Int64(FrameIndex.maxFrameBytes) else { throw damage }
        var frame = stored
        var check: UInt32?
        if coding == .gzip {
            let head = GzipFormat.start(hasExtraField: false)
            let trailerStart = stored.count - GzipFormat.trailerBytes
            guard trailerStart > head.count, stored.starts(with: head) else { throw damage }
            frame = UnsafeRawBufferPointer(rebasing: stored[head.count..<trailerStart])
            let length = stored.loadUnaligned(fromByteOffset: trailerStart + 4, as: UInt32.self)
            guard UInt32(littleEndian: length) == UInt32(size) else { throw damage }
            check = UInt32(littleEndian: stored.loadUnaligned(fromByteOffset: trailerStart, as: UInt32.self))
        }
        var content = ByteBuffer()
        let decoder = try FrameDecoder(coding)
        guard decoder.decode(frame, count: Int(size), isLast: true, check: check, into: &content) else { throw damage }
        return content
    }
}
