import Foundation
import Synchronization
import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A file that the system has open.
final class LocalFile: OpenFile {
    let descriptor: CInt
    let path: FilePath
    private let isClosed = Atomic(false)

    init(descriptor: CInt, path: FilePath) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        // Whoever cares whether closing failed has closed the file.
        try? self.close()
    }

    @discardableResult
    private func call(_ call: FileSystemCall, _ body: () -> Int) throws(FileSystemError) -> Int {
        // A closed descriptor's number may belong to another file by now.
        guard !self.isClosed.load(ordering: .acquiring) else {
            throw FileSystemError(call, .badFileDescriptor, self.path)
        }
        while true {
            let result = body()
            if result != -1 { return result }
            let code = Errno(rawValue: errno)
            guard code == .interrupted else { throw FileSystemError(call, code, self.path) }
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        guard let address = bytes.baseAddress else { return 0 }
        return try self.call(.write) { pwrite(self.descriptor, address, bytes.count, off_t(offset)) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        try self.call(.read) { pread(self.descriptor, buffer.baseAddress, buffer.count, off_t(offset)) }
    }

    func prefetch(_ range: Range<Int64>) {
        guard !self.isClosed.load(ordering: .acquiring) else { return }
        systemPrefetch(self.descriptor, range)
    }

    func truncate(to size: Int64) throws(FileSystemError) {
        try self.call(.truncate) { Int(ftruncate(self.descriptor, off_t(size))) }
    }

    func preallocate(_ size: Int64) throws(FileSystemError) {
        try self.call(.preallocate) { systemPreallocate(self.descriptor, size) }
    }

    func synchronize() throws(FileSystemError) {
        try self.call(.synchronize) { Int(systemSynchronize(self.descriptor)) }
    }

    func status() throws(FileSystemError) -> FileStatus {
        var info = stat()
        try self.call(.fileStatus) { Int(fstat(self.descriptor, &info)) }
        return FileStatus(info)
    }

    // Locks of the open file (not of the process): a second open in the same process is refused too, closing another
    // descriptor of the file does not drop it, and it can be asked about without being taken.

    func lock() throws(FileSystemError) -> Bool {
        var request = Self.wholeFile
        do throws(FileSystemError) {
            try self.call(.lock) { Int(fcntl(self.descriptor, openFileLockSet, &request)) }
            return true
        } catch {
            guard error.errno == .resourceTemporarilyUnavailable || error.errno == .permissionDenied else {
                throw error
            }
            return false
        }
    }

    func isLocked() throws(FileSystemError) -> Bool {
        var request = Self.wholeFile
        try self.call(.isLocked) { Int(fcntl(self.descriptor, openFileLockQuery, &request)) }
        return CInt(request.l_type) != CInt(F_UNLCK)
    }

    private static var wholeFile: flock {
        var request = flock()
        request.l_type = Int16(F_WRLCK)
        request.l_whence = Int16(SEEK_SET)
        return request
    }

    func close() throws(FileSystemError) {
        guard !self.isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        guard systemClose(self.descriptor) == -1 else { return }
        let code = Errno(rawValue: errno)
        // An interrupted close has closed the descriptor; trying again might close somebody else's.
        guard code == .interrupted else { throw FileSystemError(.close, code, self.path) }
    }
}

extension FileStatus {
    init(_ info: stat) {
        let kind: Kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .other
            }
        #if canImport(Darwin)
        let time = info.st_mtimespec
        #else
        let time = info.st_mtim
        #endif
        self.init(
            kind: kind,
            size: Int64(info.st_size),
            allocatedBytes: Int64(info.st_blocks) * 512,
            modified: Date(timeIntervalSince1970: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
        )
    }
}
