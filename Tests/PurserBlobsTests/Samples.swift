import Crypto
import Logging
import NIOCore
import PurserBlobs
import PurserIdentifiers
import SystemPackage

/// A logger that nobody reads.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Bytes that differ from window to window, so that a piece in the wrong place is noticed; at most 4 MiB.
func sampleBytes(_ count: Int) -> ByteBuffer {
    precondition(count <= allSampleBytes.readableBytes, "a sample of this size was not made")
    var bytes = allSampleBytes
    bytes.moveWriterIndex(to: count)
    return bytes
}

/// Made once: a loop over bytes takes long without optimization.
private let allSampleBytes: ByteBuffer = {
    let count = 4 << 20
    var buffer = ByteBuffer()
    var word: UInt32 = 1
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
        for index in 0..<count {
            word = word &* 1_664_525 &+ 1_013_904_223
            room[index] = UInt8(truncatingIfNeeded: word >> 24)
        }
        return count
    }
    return buffer
}()

/// The digest, worked out apart from the code under test.
func digest(of buffer: ByteBuffer) throws -> BlobID {
    struct NotADigest: Error {}
    guard let id = BlobID(bytes: SHA256.hash(data: Array(buffer.readableBytesView))) else { throw NotADigest() }
    return id
}

/// A store in a folder that exists.
func makeStore(at root: FilePath, on disk: any FileSystem = LocalFileSystem()) throws -> BlobStore {
    let store = BlobStore(root: root, fileSystem: disk, logger: quiet)
    try store.create()
    return store
}

extension BlobStore {
    /// Stores bytes the way an upload does.
    @discardableResult
    func put(_ content: ByteBuffer) throws -> BlobID {
        let file = try self.makeStagingFile(for: OperationID())
        defer { file.discard() }
        try file.write(content)
        let blob = try file.seal()
        try self.install(file, as: blob)
        return blob
    }

    /// Reads a whole blob.
    func contents(of blob: BlobID, size: Int) throws -> ByteBuffer {
        try self.openBlob(blob, size: Int64(size), encoding: .raw).read(at: 0, upTo: max(size, 1))
    }
}

extension FilePath {
    /// Names in the folder, looked at without the disk under test.
    func names() throws -> [String] {
        try LocalFileSystem().entries(of: self).map(\.string)
    }
}
