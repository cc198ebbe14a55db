public import SystemPackage

/// An open file.
///
/// It closes itself when the last reference goes.
///
/// One thread at a time may write; reads name their place and may be concurrent. No call may overlap or follow
/// ``close()``.
public protocol OpenFile: AnyObject, Sendable {
    /// Where it was opened.
    var path: FilePath { get }

    /// The system's number of the open file, for `sendfile` and the like; valid while this object is.
    var descriptor: CInt { get }

    /// Writes at a place.
    ///
    /// - Returns: Bytes written: at least one, perhaps fewer than given.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int

    /// Reads from a place.
    ///
    /// - Returns: Bytes read, perhaps fewer than there is room for; 0 at the end of the file only.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int

    /// Has the system read a part into its cache soon, so that whoever sends it does not wait for the disk.
    ///
    /// A hint: nothing tells whether it was taken.
    func prefetch(_ range: Range<Int64>)

    /// Cuts the file off, or extends it by zeros.
    func truncate(to size: Int64) throws(FileSystemError)

    /// Takes disk space for so many bytes from the beginning on, and makes the file that long.
    func preallocate(_ size: Int64) throws(FileSystemError)

    /// Makes the file's bytes and length durable. Returns only when the device has said so.
    ///
    /// After an error the system may have dropped the bytes and will report success on the next try: never retry.
    func synchronize() throws(FileSystemError)

    /// What the file is like now.
    func status() throws(FileSystemError) -> FileStatus

    /// Takes the exclusive lock of this file, which lasts until it is closed. Needs a file open for writing.
    ///
    /// - Returns: Whether it was free.
    func lock() throws(FileSystemError) -> Bool

    /// Tells whether somebody else holds the lock, without taking it.
    func isLocked() throws(FileSystemError) -> Bool

    /// Closes the file. It is closed even where this throws; a second call does nothing.
    func close() throws(FileSystemError)
}

extension OpenFile {
    /// Writes all of the bytes, however many calls that takes.
    package func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = try self.write(rest, at: offset + Int64(written))
            // Nothing written and no error: trying for ever helps nobody.
            guard count > 0 else { throw FileSystemError(.write, .ioError, self.path) }
            written += count
        }
    }

    /// Fills the buffer from a place on, however many calls that takes.
    ///
    /// - Returns: Bytes read, fewer than there is room for only where the file ends.
    package func readAll(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = try self.read(into: room, at: offset + Int64(filled))
            guard count > 0 else { break }
            filled += count
        }
        return filled
    }
}
