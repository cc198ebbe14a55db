import Crypto
public import NIOCore
public import PurserIdentifiers

/// The bytes of a blob's file, open for reading: as many threads at once as like.
///
/// Of a blob that is kept as it is they are the content; an ``EncodedBlob`` has one over its encoded bytes. The file is
/// closed when the last copy goes.
public struct BlobReader: Sendable {
    /// Bytes that ``digest(progress:)`` reads at once.
    public static let window = 1024 * 1024

    /// Which blob.
    public let blob: BlobID
    /// Bytes of the file.
    public let size: Int64
    private let file: any OpenFile

    init(blob: BlobID, size: Int64, file: any OpenFile) {
        self.blob = blob
        self.size = size
        self.file = file
    }

    /// The system's number of the open file, for `sendfile`: the content is the file's bytes.
    ///
    /// Valid while this reader, or a copy, is held; whoever needs it for longer duplicates it.
    public var descriptor: CInt { self.file.descriptor }

    /// Reads part of the content.
    ///
    /// Blocks.
    ///
    /// - Parameters:
    ///   - offset: Zero-based, not negative.
    ///   - count: Bytes wanted, at least one; so much memory is taken.
    /// - Returns: As many bytes as wanted, or up to the end of the content: none from there on.
    /// - Throws: ``BlobError`` `.damaged` where the file ends before the content does; `.inputOutput`.
    public func read(at offset: Int64, upTo count: Int) throws(BlobError) -> ByteBuffer {
        var buffer = ByteBuffer()
        try self.read(at: offset, upTo: count, into: &buffer)
        return buffer
    }

    /// Brings part of the content into the system's cache, so that sending it by ``descriptor`` does not wait for the
    /// disk, and finds that it is there.
    ///
    /// Blocks until the end of the part is read; most of the rest is then too.
    ///
    /// - Parameter range: Bytes of the content, zero-based, half-open, not empty.
    /// - Throws: As ``read(at:upTo:)``.
    public func warm(_ range: Range<Int64>) throws(BlobError) {
        self.file.prefetch(range)
        _ = try self.read(at: range.upperBound - 1, upTo: 1)
    }

    /// Reads part of the content after what a buffer holds, so that its memory can be used again.
    ///
    /// - Throws: As ``read(at:upTo:)``.
    package func read(at offset: Int64, upTo count: Int, into buffer: inout ByteBuffer) throws(BlobError) {
        precondition(offset >= 0 && count > 0, "a place in the content, and room for at least one byte")
        guard offset < self.size else { return }
        let wanted = Int(min(Int64(count), self.size - offset))
        var failure: FileSystemError?
        let got = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { room in
            do throws(FileSystemError) {
                return try self.file.readAll(into: UnsafeMutableRawBufferPointer(rebasing: room[..<wanted]), at: offset)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw BlobError(failure, "reading blob \(self.blob)") }
        guard got == wanted else {
            throw BlobError(.damaged, "blob \(self.blob) ends after \(offset + Int64(got)) of \(self.size) bytes")
        }
    }

    /// Hashes the whole content.
    ///
    /// - Parameter progress: Told after each window how many bytes it had; what it throws ends the reading.
    /// - Returns: The digest of the bytes as they are on disk.
    /// - Throws: ``BlobError`` `.damaged`, `.inputOutput`; what `progress` throws.
    public func digest(progress: (Int) throws -> Void = { _ in }) throws -> BlobID {
        var hash = SHA256()
        var buffer = ByteBuffer()
        var offset: Int64 = 0
        while offset < self.size {
            buffer.clear()
            try self.read(at: offset, upTo: Self.window, into: &buffer)
            buffer.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
            offset += Int64(buffer.readableBytes)
            try progress(buffer.readableBytes)
        }
        return BlobID(hash.finalize())
    }
}

extension BlobID {
    /// The id of a content that is in memory.
    package init(of content: ByteBuffer) {
        var hash = SHA256()
        content.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        self.init(hash.finalize())
    }

    init(_ digest: SHA256.Digest) {
        guard let id = BlobID(bytes: digest) else { preconditionFailure("a SHA-256 digest has 32 bytes") }
        self = id
    }
}
