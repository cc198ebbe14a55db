public import PurserIdentifiers
import SystemPackage

extension BlobStore {
    /// Opens a blob that is kept as it is.
    ///
    /// It stays readable until the reader goes, even when it is removed meanwhile.
    ///
    /// - Parameters:
    ///   - blob: Which.
    ///   - size: Bytes that it must have.
    ///   - encoding: How it is kept; only raw ones are found here.
    /// - Returns: A reader of the whole content.
    /// - Throws: ``BlobError`` `.absent`; `.damaged` where it has another size or is no file; `.inputOutput`.
    public func openBlob(_ blob: BlobID, size: Int64, encoding: BlobEncoding) throws(BlobError) -> BlobReader {
        guard encoding == .raw else {
            throw BlobError(.absent, "blob \(blob) is kept \(encoding.rawValue), not as it is in a file")
        }
        return try self.openFile(self.layout.file(of: blob), of: blob, size: size)
    }

    /// Opens a blob that is kept encoded in a file, and checks its index.
    ///
    /// It stays readable until it is let go, even when it is removed or kept otherwise meanwhile.
    ///
    /// - Parameters:
    ///   - blob: Which.
    ///   - size: Bytes that the content must have.
    ///   - storedSize: Bytes that the file must have.
    ///   - coding: How it is compressed.
    /// - Returns: Both the content and the bytes that are kept.
    /// - Throws: ``BlobError`` `.absent`; `.damaged` where file or index are not what they must be; `.inputOutput`.
    public func openEncodedBlob(
        _ blob: BlobID,
        size: Int64,
        storedSize: Int64,
        coding: ContentCoding
    ) throws(BlobError) -> EncodedBlob {
        let path = self.layout.file(of: blob, encoding: BlobEncoding(isInline: false, coding: coding))
        return try EncodedBlob(try self.openFile(path, of: blob, size: storedSize), size: size, coding: coding)
    }

    /// Opens what was encoded and is not installed yet, to check it.
    package func openStaged(
        _ staging: EncodedStagingFile,
        as blob: BlobID,
        size: Int64,
        storedSize: Int64,
        coding: ContentCoding
    ) throws(BlobError) -> EncodedBlob {
        try EncodedBlob(try self.openFile(staging.path, of: blob, size: storedSize), size: size, coding: coding)
    }

    private func openFile(_ path: FilePath, of blob: BlobID, size: Int64) throws(BlobError) -> BlobReader {
        let file: any OpenFile
        let status: FileStatus
        do {
            file = try self.fileSystem.open(path, .read)
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
    /// - Parameters:
    ///   - blob: Which.
    ///   - encoding: How it is kept; another encoding that lies beside it stays.
    /// - Throws: ``BlobError`` `.inputOutput`, `.synchronizationFailed`; the blob may be gone all the same.
    public func remove(_ blob: BlobID, encoding: BlobEncoding = .raw) throws(BlobError) {
        try BlobError.translating("removing blob \(blob)") { () throws(FileSystemError) in
            do throws(FileSystemError) {
                try self.fileSystem.remove(self.layout.file(of: blob, encoding: encoding))
            } catch {
                guard error.isAbsent else { throw error }
            }
            // Also where it was absent: perhaps removed a moment ago, by a process that did not get this far.
            try self.fileSystem.synchronizeDirectory(self.layout.shard(of: blob))
        }
    }

    /// Moves a blob out of the way, durably, where it is kept until a person removes it.
    ///
    /// - Parameters:
    ///   - blob: Which.
    ///   - encoding: How it is kept, in a file.
    /// - Throws: ``BlobError`` `.absent`, `.noSpace`, `.inputOutput`, `.synchronizationFailed`.
    public func quarantine(_ blob: BlobID, encoding: BlobEncoding = .raw) throws(BlobError) {
        do {
            let path = self.layout.file(of: blob, encoding: encoding)
            let name = blob.hex + encoding.fileSuffix
            try self.fileSystem.rename(path, to: try self.unusedQuarantine(for: name))
            // Where the power fails between the two, the blob is under one name or both, never under none.
            try self.fileSystem.synchronizeDirectory(self.layout.quarantine)
            try self.fileSystem.synchronizeDirectory(self.layout.shard(of: blob))
        } catch {
            guard !error.isAbsent else { throw BlobError(.absent, "blob \(blob) is not there", cause: error) }
            throw BlobError(error, "moving blob \(blob) to quarantine")
        }
    }

    private func unusedQuarantine(for name: String) throws(FileSystemError) -> FilePath {
        var number = 1
        while true {
            let path = self.layout.quarantine.appending(number == 1 ? name : "\(name).\(number)")
            guard try self.fileSystem.status(of: path) != nil else { return path }
            number += 1
        }
    }

    /// Reads a blob through, decodes it where it is encoded, and compares its content with its name.
    ///
    /// Holds one window of memory, or one frame.
    ///
    /// - Parameters:
    ///   - blob: Which.
    ///   - size: Bytes that the content must have.
    ///   - storedSize: Bytes that the file must have; `nil` where it is kept as it is.
    ///   - encoding: How it is kept, in a file.
    ///   - progress: Told after each window or frame how many bytes of content it had; what it throws ends the reading.
    /// - Returns: Whether size and digest are right, and all else that is in the file.
    /// - Throws: ``BlobError`` `.absent`, `.inputOutput`; what `progress` throws.
    public func verify(
        _ blob: BlobID,
        size: Int64,
        storedSize: Int64? = nil,
        encoding: BlobEncoding = .raw,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> Bool {
        do {
            guard !encoding.isInline, let coding = encoding.coding else {
                let reader = try self.openBlob(blob, size: size, encoding: encoding)
                return try reader.digest(progress: progress) == blob
            }
            let encoded = try self.openEncodedBlob(blob, size: size, storedSize: storedSize ?? size, coding: coding)
            return try encoded.digest(progress: progress) == blob
        } catch let error as BlobError where error.code == .damaged {
            return false
        }
    }
}
