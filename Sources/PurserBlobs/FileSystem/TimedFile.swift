import SystemPackage

/// An open file whose reads, writes and synchronizations are measured.
final class TimedFile: OpenFile {
    private let base: any OpenFile
    private let observer: TimedFileSystem.Observer

    init(_ base: any OpenFile, observer: @escaping TimedFileSystem.Observer) {
        self.base = base
        self.observer = observer
    }

    var path: FilePath { self.base.path }
    var descriptor: CInt { self.base.descriptor }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        let started = ContinuousClock.now
        defer { self.observer(.write, ContinuousClock.now - started) }
        return try self.base.write(bytes, at: offset)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        let started = ContinuousClock.now
        defer { self.observer(.read, ContinuousClock.now - started) }
        return try self.base.read(into: buffer, at: offset)
    }

    func prefetch(_ range: Range<Int64>) { self.base.prefetch(range) }

    func truncate(to size: Int64) throws(FileSystemError) { try self.base.truncate(to: size) }

    func preallocate(_ size: Int64) throws(FileSystemError) { try self.base.preallocate(size) }

    func synchronize() throws(FileSystemError) {
        let started = ContinuousClock.now
        defer { self.observer(.synchronize, ContinuousClock.now - started) }
        try self.base.synchronize()
    }

    func status() throws(FileSystemError) -> FileStatus { try self.base.status() }

    func lock() throws(FileSystemError) -> Bool { try self.base.lock() }

    func isLocked() throws(FileSystemError) -> Bool { try self.base.isLocked() }

    func close() throws(FileSystemError) { try self.base.close() }
}
