import PurserBlobs
import Synchronization
import SystemPackage

struct WeakFile: Sendable {
    weak let file: FaultyFile?
}

/// A file of the faulty disk.
///
/// It dies with the process or the power that it stands for.
final class FaultyFile: OpenFile {
    let path: FilePath
    private let base: any OpenFile
    private let disk: FaultyFileSystem
    private let image: LossJournal.ImageID?
    private let isDead = Atomic(false)

    init(_ base: any OpenFile, of disk: FaultyFileSystem, image: LossJournal.ImageID?) {
        self.path = base.path
        self.base = base
        self.disk = disk
        self.image = image
    }

    var descriptor: CInt { self.base.descriptor }

    /// Ends it: its lock is free, and no call on it succeeds any more.
    func die() {
        self.isDead.store(true, ordering: .releasing)
        // There is nobody left to tell.
        try? self.base.close()
    }

    private func perform<Value: Sendable>(
        _ call: FileSystemCall,
        _ body: (inout LossJournal?, FaultyFileSystem.Fault?) throws(FileSystemError) -> Value
    ) throws(FileSystemError) -> Value {
        guard !self.isDead.load(ordering: .acquiring) else { throw FileSystemError(call, .ioError, self.path) }
        return try self.disk.perform(call, self.path, body)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        try self.perform(.write) { (journal, fault) throws(FileSystemError) in
            var bytes = bytes
            if case .shortWrite(let count) = fault {
                bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(max(1, count)))
            }
            try journal?.willChange(self.image, offset..<offset + Int64(bytes.count))
            return try self.base.write(bytes, at: offset)
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        try self.perform(.read) { (_, _) throws(FileSystemError) in try self.base.read(into: buffer, at: offset) }
    }

    func prefetch(_ range: Range<Int64>) {
        guard !self.isDead.load(ordering: .acquiring) else { return }
        self.base.prefetch(range)
    }

    func truncate(to size: Int64) throws(FileSystemError) {
        try self.perform(.truncate) { (journal, _) throws(FileSystemError) in
            try journal?.willChange(self.image, size..<Int64.max)
            try self.base.truncate(to: size)
        }
    }

    func preallocate(_ size: Int64) throws(FileSystemError) {
        try self.perform(.preallocate) { (_, _) throws(FileSystemError) in try self.base.preallocate(size) }
    }

    func synchronize() throws(FileSystemError) {
        try self.perform(.synchronize) { (journal, _) throws(FileSystemError) in
            journal?.synchronized(self.image, size: try self.base.status().size)
        }
    }

    func status() throws(FileSystemError) -> FileStatus {
        try self.perform(.fileStatus) { (_, _) throws(FileSystemError) in try self.base.status() }
    }

    func lock() throws(FileSystemError) -> Bool {
        try self.perform(.lock) { (_, _) throws(FileSystemError) in try self.base.lock() }
    }

    func isLocked() throws(FileSystemError) -> Bool {
        try self.perform(.isLocked) { (_, _) throws(FileSystemError) in try self.base.isLocked() }
    }

    func close() throws(FileSystemError) {
        // As the contract says: closed even where it fails.
        defer { self.die() }
        guard !self.isDead.load(ordering: .acquiring) else { return }
        try self.perform(.close) { (_, _) throws(FileSystemError) in try self.base.close() }
    }
}
