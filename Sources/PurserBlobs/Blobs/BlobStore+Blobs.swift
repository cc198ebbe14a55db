public import PurserIdentifiers
import SystemPackage

extension BlobStore {
    /// Opens a blob for reading.
    ///
    /// It stays readable until the reader goes, even when it is removed meanwhile.
    ///
    /// - Parameters:
    ///   - blob: Which.
    ///   - size: Bytes that it must have.
    ///   - encoding: How it is kept; inline contents are the catalog's, and absent here.
    /// - Returns: A reader of the whole content.
    /// - Throws: ``BlobError`` `.absent`; `.damaged` where it has another size or is no file; `.inputOutput`.
    public func openBlob(_ blob: BlobID, size: Int64, encoding: BlobEncoding) throws(BlobError) -> BlobReader {
        guard encoding == .raw else {
            throw BlobError(.absent, "blob \(blob) is kept \(encoding.rawValue), not in a file")
        }
        let file: any OpenFile
        let status: FileStatus
        do {
            file = try self.fileSystem.open(self.layout.file(of: blob), .read)
            status = try file.status()
        } catch {
            guard !error.isAbsent else { throw BlobError(.absent, "blob \(blob) is not there", cause: error) }
            // The name leads elsewhere: whatever is there, it is not what was written.
            if error.errno == .tooManySymbolicLinkLevels {
                throw BlobError(.damaged, "blob \(blob) is not a file", cause: error)
            }
            throw BlobError(error, "opening blob \(blob)")
        }
        guard status.kind == .regular, status.size == size else {
            throw BlobError(.damaged, "blob \(blob) has \(status.size) bytes on disk instead of \(size)")
        }
        return BlobReader(blob: blob, size: size, file: file)
    }

    /// Removes a blob, durably.
    ///
    /// One that is not there is fine.
    ///
    /// - Throws: ``BlobError`` `.inputOutput`, `.synchronizationFailed`; the blob may be gone all the same.
    public func remove(_ blob: BlobID) throws(BlobError) {
        try BlobError.translating("removing blob \(blob)") { () throws(FileSystemError) in
            do throws(FileSystemError) {
                try self.fileSystem.remove(self.layout.file(of: blob))
            } catch {
                guard error.isAbsent else { throw error }
            }
            // Also where it was absent: perhaps removed a moment ago, by a process that did not get this far.
            try self.fileSystem.synchronizeDirectory(self.layout.shard(of: blob))
        }
    }

    /// Moves a blob out of the way, durably, where it is kept until a person removes it.
    ///
    /// - Throws: ``BlobError`` `.absent`, `.noSpace`, `.inputOutput`, `.synchronizationFailed`.
    public func quarantine(_ blob: BlobID) throws(BlobError) {
        do {
            try self.fileSystem.rename(self.layout.file(of: blob), to: try self.unusedQuarantine(for: blob))
            // Where the power fails between the two, the blob is under one name or both, never under none.
            try self.fileSystem.synchronizeDirectory(self.layout.quarantine)
            try self.fileSystem.synchronizeDirectory(self.layout.shard(of: blob))
        } catch {
            guard !error.isAbsent else { throw BlobError(.absent, "blob \(blob) is not there", cause: error) }
            throw BlobError(error, "moving blob \(blob) to quarantine")
        }
    }

    private func unusedQuarantine(for blob: BlobID) throws(FileSystemError) -> FilePath {
        var number = 1
        while true {
            let path = self.layout.quarantine.appending(number == 1 ? blob.hex : "\(blob.hex).\(number)")
            guard try self.fileSystem.status(of: path) != nil else { return path }
            number += 1
        }
    }

    /// Reads a blob through and compares it with its name.
    ///
    /// Holds one window of memory.
    ///
    /// - Parameters:
    ///   - blob: Which; kept raw.
    ///   - size: Bytes that it must have.
    ///   - progress: Told after each window how many bytes it had, up to ``BlobReader/window``; what it throws ends the
    ///     reading.
    /// - Returns: Whether size and digest are right.
    /// - Throws: ``BlobError`` `.absent`, `.inputOutput`; what `progress` throws.
    public func verify(_ blob: BlobID, size: Int64, progress: (Int) throws -> Void = { _ in }) throws -> Bool {
        do {
            let reader = try self.openBlob(blob, size: size, encoding: .raw)
            return try reader.digest(progress: progress) == blob
        } catch let error as BlobError where error.code == .damaged {
            return false
        }
    }
}
