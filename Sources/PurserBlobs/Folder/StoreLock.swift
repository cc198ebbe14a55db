import Synchronization
public import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The right to be the one process that works in a storage folder: the system's lock on its file `lock`.
///
/// The lock itself ends with the process, however that ends. The file's content says who holds it, and is emptied by an
/// orderly stop only: content without a lock tells that the last stop was not orderly. The file is never removed, for a
/// removed file could be locked by one process and its successor of the same name by another.
public final class StoreLock: Sendable {
    /// Who holds a storage folder.
    public struct Holder: Sendable, Hashable {
        /// The process.
        public var pid: Int32
        /// Base URL under which it serves; `nil` while it does not.
        public var url: String?

        /// Describes a holder.
        public init(pid: Int32, url: String?) {
            self.pid = pid
            self.url = url
        }
    }

    /// Whether the last process that had the folder did not close it in order, so that there may be blobs that no row names.
    public let wasUnclean: Bool

    private let file: any OpenFile
    private let root: FilePath
    private let fileSystem: any FileSystem
    private let isMarkedUnclean = Atomic(false)
    private static let maxBytes = 4096

    private init(file: any OpenFile, root: FilePath, fileSystem: any FileSystem, wasUnclean: Bool) {
        self.file = file
        self.root = root
        self.fileSystem = fileSystem
        self.wasUnclean = wasUnclean
    }

    /// Takes the folder for this process.
    ///
    /// It is given back by ``release(isClean:)`` or by the end of the process; when the last reference goes without
    /// that, the lock goes too, and counts as unclean.
    ///
    /// - Throws: ``BlobError`` `.locked`, naming the holder, where another process, or this one, has it; `.noSpace`,
    ///   `.inputOutput`, `.synchronizationFailed`.
    public static func acquire(
        at root: FilePath,
        fileSystem: any FileSystem = LocalFileSystem()
    ) throws(BlobError) -> StoreLock {
        let path = StoreLayout(root: root).lock
        let task = "locking \(root)"
        let file = try BlobError.translating(task) { () throws(FileSystemError) in
            try fileSystem.open(path, .openOrCreate)
        }
        guard try BlobError.translating(task, { () throws(FileSystemError) in try file.lock() }) else {
            throw Self.locked(root, by: try? file.text(maxBytes: Self.maxBytes))
        }
        let lock = try BlobError.translating(task) { () throws(FileSystemError) in
            let wasUnclean = try file.status().size > 0
            return StoreLock(file: file, root: root, fileSystem: fileSystem, wasUnclean: wasUnclean)
        }
        try lock.write(Holder(pid: getpid(), url: nil))
        return lock
    }

    private static func locked(_ root: FilePath, by text: String?) -> BlobError {
        guard let holder = text.flatMap(Holder.init(text:)) else {
            return BlobError(.locked, "another process has the store at \(root) open")
        }
        let place = holder.url.map { ", which serves it at \($0)" } ?? ""
        return BlobError(.locked, "process \(holder.pid)\(place) has the store at \(root) open")
    }

    /// Tells who has a folder open, without disturbing them.
    ///
    /// - Returns: `nil` where nobody has, or where the holder has not yet said who it is.
    /// - Throws: ``BlobError`` `.inputOutput`.
    public static func holder(
        at root: FilePath,
        fileSystem: any FileSystem = LocalFileSystem()
    ) throws(BlobError) -> Holder? {
        do {
            let file = try fileSystem.open(StoreLayout(root: root).lock, .read)
            guard try file.isLocked() else { return nil }
            return Holder(text: try file.text(maxBytes: Self.maxBytes))
        } catch {
            guard !error.isAbsent else { return nil }
            throw BlobError(error, "reading the lock of \(root)")
        }
    }

    /// Says where this process serves the store.
    ///
    /// - Throws: ``BlobError`` `.noSpace`, `.inputOutput`, `.synchronizationFailed`; the lock is kept all the same.
    public func write(url: String) throws(BlobError) {
        try self.write(Holder(pid: getpid(), url: url))
    }

    /// Written in place, for the lock is this file's and not the next one's of the name.
    ///
    /// A crash in between may mix two texts, but never leaves the file empty, which would say that all was well.
    private func write(_ holder: Holder) throws(BlobError) {
        try BlobError.translating("writing the lock of \(self.root)") { () throws(FileSystemError) in
            let text = holder.text
            try self.file.rewrite(text)
            try self.file.synchronize()
            try self.fileSystem.synchronizeDirectory(self.root)
        }
    }

    /// Makes the release count as unclean, whatever it says: there are bytes to look for at the next start.
    public func markUnclean() {
        self.isMarkedUnclean.store(true, ordering: .releasing)
    }

    /// Gives the folder back.
    ///
    /// A second call does nothing.
    ///
    /// - Parameter isClean: Whether nothing was left behind; else the content stays and the next start looks for it.
    public func release(isClean: Bool) {
        if isClean, !self.isMarkedUnclean.load(ordering: .acquiring) {
            // Where this fails the content stays, and the next start looks for leftovers that are not there: harmless.
            try? self.file.truncate(to: 0)
            try? self.file.synchronize()
        }
        // Closing ends the lock even where it reports an error.
        try? self.file.close()
    }
}

extension StoreLock.Holder {
    /// Two lines: `pid 4711` and, where there is one, `url http://127.0.0.1:8080`.
    var text: String {
        let line = self.url.map { "url \($0)\n" } ?? ""
        return "pid \(self.pid)\n" + line
    }

    init?(text: String) {
        var pid: Int32?
        var url: String?
        for line in text.split(separator: "\n") {
            if line.hasPrefix("pid ") { pid = Int32(line.dropFirst(4)) }
            if line.hasPrefix("url ") { url = String(line.dropFirst(4)) }
        }
        guard let pid, pid > 0 else { return nil }
        self.init(pid: pid, url: url)
    }
}
