import Logging
import NIOCore
import Synchronization
package import SystemPackage

/// The file of an encoded blob on its way into the store: visible to nobody, gone unless installed.
///
/// A ``ContentEncoder`` fills it. Use it from one task at a time; it is removed when it is discarded or when the last
/// reference goes.
package final class EncodedStagingFile: Sendable {
    /// Where the bytes are until they are installed.
    package let path: FilePath

    private let file: any OpenFile
    private let fileSystem: any FileSystem
    private let logger: Logger
    private let isGone = Atomic(false)

    init(file: any OpenFile, path: FilePath, fileSystem: any FileSystem, logger: Logger) {
        self.file = file
        self.path = path
        self.fileSystem = fileSystem
        self.logger = logger
    }

    deinit {
        self.discard()
    }

    /// Writes bytes at a place.
    func write(_ buffer: ByteBuffer, at offset: Int64) throws(BlobError) {
        let failure: FileSystemError? = buffer.withUnsafeReadableBytes { bytes in
            do throws(FileSystemError) {
                try self.file.writeAll(bytes, at: offset)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw BlobError(failure, "storing an encoded content") }
    }

    /// Makes the bytes durable.
    ///
    /// - Throws: ``BlobError`` `.synchronizationFailed`, after which nothing more may be written.
    package func synchronize() throws(BlobError) {
        try BlobError.translating("storing an encoded content") { () throws(FileSystemError) in
            try self.file.synchronize()
        }
    }

    /// Gives the file its name, durably; its bytes are so already.
    func install(at target: FilePath) throws(BlobError) {
        try BlobError.translating("storing an encoded content") { () throws(FileSystemError) in
            try self.file.close()
            try self.fileSystem.rename(self.path, to: target)
            self.isGone.store(true, ordering: .releasing)
            try self.fileSystem.synchronizeDirectory(target.removingLastComponent())
        }
    }

    /// Removes the file unless it was installed.
    ///
    /// Can be called at any time, and again.
    package func discard() {
        guard !self.isGone.exchange(true, ordering: .acquiringAndReleasing) else { return }
        // Whether the bytes arrived does not matter any more.
        try? self.file.close()
        do {
            try self.fileSystem.remove(self.path)
        } catch {
            // The next start removes it.
            self.logger.warning("staging file could not be removed", metadata: ["purser.error": "\(error)"])
        }
    }
}
