import Crypto
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import SystemPackage

/// The files of kept results: `results/ab/ab12…/0`, `1`, …, a folder per result.
///
/// A result is written under `results/new/`, made durable, and gets its name in one step; a row of the catalog follows. A
/// crash between the two leaves a folder that no row names. All calls block.
struct ResultFiles: Sendable {
    /// The content of a file that was copied.
    struct Copied: Sendable {
        var digest: BlobID
        var size: Int64
        /// Its bytes, where they were asked for.
        var bytes: [UInt8]
    }

    /// A result takes more room than one may.
    struct TooLarge: Error {}
    /// What lies there is not what was kept.
    struct Damaged: Error {}

    private static let chunkBytes = 256 << 10

    let fileSystem: any FileSystem
    let root: FilePath

    private var news: FilePath { self.root.appending("new") }

    private func shard(of key: ResultKey) -> FilePath { self.root.appending(String(key.hex.prefix(2))) }

    /// The folder of a result.
    func place(of key: ResultKey) -> FilePath { self.shard(of: key).appending(key.hex) }

    /// Makes the folders, and removes what was being written when the service was stopped.
    func prepare() throws(FileSystemError) {
        try self.fileSystem.createDirectory(self.root)
        try self.fileSystem.createDirectory(self.news)
        _ = try self.fileSystem.empty(self.news)
    }

    /// Keeps the files of an output durably, in the place of others under the key.
    ///
    /// - Parameters:
    ///   - output: With files that lie anywhere.
    ///   - key: Names the result; nobody else writes it meanwhile.
    ///   - number: Never used before by this process.
    ///   - maxBytes: The most bytes of all files together.
    ///   - wantsBytes: Whether their bytes are wanted as well, as long as they are no more than this.
    /// - Returns: The files in the order of the output.
    /// - Throws: ``TooLarge``; `FileSystemError`. Nothing is left of it then.
    func write(
        _ output: StepOutput,
        as key: ResultKey,
        number: UInt64,
        maxBytes: Int64,
        wantsBytes: Int
    ) throws -> [Copied] {
        guard !output.files.isEmpty else { return [] }
        let folder = self.news.appending(String(number))
        try self.fileSystem.createDirectory(folder)
        do {
            var copied: [Copied] = []
            var rest = maxBytes
            for (index, file) in output.files.enumerated() {
                let target = folder.appending(String(index))
                let one = try self.copy(FilePath(file.path), to: target, maxBytes: rest, wantsBytes: wantsBytes)
                rest -= one.size
                copied.append(one)
            }
            try self.fileSystem.synchronizeDirectory(folder)
            try self.place(folder, as: key)
            return copied
        } catch {
            // The first error tells more; what is left goes at the next start.
            try? self.remove(folder)
            throw error
        }
    }

    private func place(_ folder: FilePath, as key: ResultKey) throws(FileSystemError) {
        let shard = self.shard(of: key)
        if try self.fileSystem.status(of: shard) == nil {
            try self.fileSystem.createDirectory(shard)
            try self.fileSystem.synchronizeDirectory(self.root)
        }
        try self.remove(key)
        try self.fileSystem.rename(folder, to: self.place(of: key))
        try self.fileSystem.synchronizeDirectory(shard)
    }

    /// Copies the files of a result to where an output has them, and compares their digests.
    ///
    /// - Throws: ``Damaged``; `FileSystemError`.
    func copy(_ document: ResultDocument, of key: ResultKey, to output: StepOutput) throws {
        for (index, (file, target)) in zip(document.files, output.files).enumerated() {
            let path = FilePath(target.path)
            try self.makeFolders(to: path, under: target)
            let source = self.place(of: key).appending(String(index))
            let copied = try self.reading {
                try self.copy(source, to: path, maxBytes: file.size, wantsBytes: 0, isDurable: false)
            }
            guard copied.size == file.size, copied.digest.hex == file.sha256 else { throw Damaged() }
        }
    }

    /// Reads the files of a result and compares their digests.
    ///
    /// - Throws: ``Damaged``; `FileSystemError`.
    func read(_ document: ResultDocument, of key: ResultKey) throws -> [[UInt8]] {
        try document.files.enumerated().map { index, file in
            let source = self.place(of: key).appending(String(index))
            let read = try self.reading {
                try self.copy(source, to: nil, maxBytes: file.size, wantsBytes: Int(file.size), isDurable: false)
            }
            guard read.size == file.size, read.digest.hex == file.sha256 else { throw Damaged() }
            return read.bytes
        }
    }

    /// Writes bytes to where an output has its files.
    func write(_ contents: [[UInt8]], to output: StepOutput) throws(FileSystemError) {
        for (bytes, target) in zip(contents, output.files) {
            let path = FilePath(target.path)
            try self.makeFolders(to: path, under: target)
            let file = try self.fileSystem.open(path, .create)
            var failure: FileSystemError?
            bytes.withUnsafeBytes { buffer in
                do throws(FileSystemError) { try file.writeAll(buffer, at: 0) } catch { failure = error }
            }
            try file.close()
            if let failure { throw failure }
        }
    }

    /// The digest and the size of a file anywhere.
    func digest(of path: String) throws -> Copied {
        try self.copy(FilePath(path), to: nil, maxBytes: .max, wantsBytes: 0, isDurable: false)
    }

    /// Removes the files of a result; none is fine.
    func remove(_ key: ResultKey) throws(FileSystemError) {
        try self.remove(self.place(of: key))
    }

    /// The names in one of the 256 folders of results.
    func names(inShard number: UInt8) throws(FileSystemError) -> [FilePath.Component] {
        let digits = String(number, radix: 16)
        let shard = self.root.appending(digits.count == 1 ? "0" + digits : digits)
        guard try self.fileSystem.status(of: shard) != nil else { return [] }
        var names: [FilePath.Component] = []
        try self.fileSystem.forEachEntry(of: shard) { (name) throws(FileSystemError) in names.append(name) }
        return names
    }

    private func remove(_ folder: FilePath) throws(FileSystemError) {
        guard try self.fileSystem.status(of: folder) != nil else { return }
        _ = try self.fileSystem.empty(folder)
        try self.fileSystem.removeDirectory(folder)
    }

    /// What is missing, a link, or longer than it was is damaged; other failures are the disk's.
    private func reading(_ body: () throws -> Copied) throws -> Copied {
        do {
            return try body()
        } catch is TooLarge {
            throw Damaged()
        } catch let error as FileSystemError where error.isAbsent || error.errno == .tooManySymbolicLinkLevels {
            throw Damaged()
        }
    }

    /// Makes the folders of a name that has several components.
    private func makeFolders(to path: FilePath, under file: StepFile) throws(FileSystemError) {
        let components = FilePath(file.name).components
        var folder = path
        for _ in components { folder.removeLastComponent() }
        for component in components.dropLast() {
            folder.append(component)
            try self.fileSystem.createDirectory(folder)
        }
    }

    private func copy(
        _ source: FilePath,
        to target: FilePath?,
        maxBytes: Int64,
        wantsBytes: Int,
        isDurable: Bool = true
    ) throws -> Copied {
        let input = try self.fileSystem.open(source, .read)
        guard try input.status().kind == .regular else { throw Damaged() }
        let output = try target.map { try self.fileSystem.open($0, .create) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkBytes, alignment: 16)
        defer { buffer.deallocate() }
        var hash = SHA256()
        var (size, bytes) = (Int64(0), [UInt8]())
        while true {
            let count = try input.readAll(into: buffer, at: size)
            let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            guard size + Int64(count) <= maxBytes else { throw TooLarge() }
            try output?.writeAll(chunk, at: size)
            hash.update(bufferPointer: chunk)
            size += Int64(count)
            if size <= Int64(wantsBytes) { bytes += chunk }
            if count < buffer.count { break }
        }
        if isDurable { try output?.synchronize() }
        try output?.close()
        guard let digest = BlobID(bytes: hash.finalize()) else { preconditionFailure("SHA-256 has 32 bytes") }
        return Copied(digest: digest, size: size, bytes: size <= Int64(wantsBytes) ? bytes : [])
    }
}
