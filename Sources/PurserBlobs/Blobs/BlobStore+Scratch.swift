package import SystemPackage

/// Scratch files of operations, under `temp/`: nothing here is durable, and the next start removes what is left.
extension BlobStore {
    /// Makes an empty scratch file or folder that is not there yet, and the folder above it.
    ///
    /// - Throws: ``BlobError`` `.noSpace`, `.inputOutput`.
    package func makeScratch(_ path: FilePath, isDirectory: Bool) throws(BlobError) {
        try BlobError.translating("making a scratch file") { () throws(FileSystemError) in
            try self.fileSystem.createDirectory(path.removingLastComponent())
            guard isDirectory else {
                try self.fileSystem.open(path, .create).close()
                return
            }
            guard try self.fileSystem.status(of: path) == nil else {
                throw FileSystemError(.createDirectory, .fileExists, path)
            }
            try self.fileSystem.createDirectory(path)
        }
    }

    /// Removes a scratch file, or a folder with all that is in it; nothing happens where there is none.
    ///
    /// - Throws: ``BlobError`` `.inputOutput`, also where the system forbids to remove something in it.
    package func removeScratch(_ path: FilePath) throws(BlobError) {
        try BlobError.translating("removing a scratch file") { () throws(FileSystemError) in
            guard let status = try self.fileSystem.status(of: path) else { return }
            guard status.kind == .directory else {
                try self.fileSystem.remove(path)
                return
            }
            _ = try self.fileSystem.empty(path)
            try self.fileSystem.removeDirectory(path)
        }
    }

    /// Removes a scratch folder if nothing is in it.
    ///
    /// - Throws: ``BlobError`` `.inputOutput`.
    package func removeScratchFolderIfEmpty(_ path: FilePath) throws(BlobError) {
        do {
            try self.fileSystem.removeDirectory(path)
        } catch {
            // POSIX allows either number for a folder that is not empty.
            guard ![.directoryNotEmpty, .fileExists, .noSuchFileOrDirectory].contains(error.errno) else { return }
            throw BlobError(error, "removing a scratch folder")
        }
    }

    /// Whether anything is under a path, a link without a target too.
    package func hasScratch(_ path: FilePath) throws(BlobError) -> Bool {
        try BlobError.translating("looking for a scratch file") { () throws(FileSystemError) in
            try self.fileSystem.status(of: path) != nil
        }
    }
}
