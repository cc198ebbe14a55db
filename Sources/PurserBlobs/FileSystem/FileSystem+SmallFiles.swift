package import SystemPackage

extension FileSystem {
    /// Reads the text at the beginning of a small file.
    ///
    /// - Returns: `nil` where there is no such file.
    func text(of path: FilePath, maxBytes: Int) throws(FileSystemError) -> String? {
        let file: any OpenFile
        do {
            file = try self.open(path, .read)
        } catch {
            guard error.isAbsent else { throw error }
            return nil
        }
        return try file.text(maxBytes: maxBytes)
    }

    /// Puts a small file in place, whole and durable, or not at all.
    ///
    /// - Parameters:
    ///   - text: Its content.
    ///   - path: Where it goes; what is there is replaced.
    ///   - suffix: Of the name beside it under which it is written; what has that name is removed.
    /// - Throws: ``FileSystemError``; what was at the path stays then, unless only the folder could not be synchronized.
    package func write(
        _ text: String,
        durablyTo path: FilePath,
        beside suffix: String = ".new"
    ) throws(FileSystemError) {
        guard let name = path.lastComponent else { throw FileSystemError(.open, .invalidArgument, path) }
        let folder = path.removingLastComponent()
        let temporary = folder.appending(name.string + suffix)
        if try self.status(of: temporary) != nil {
            try self.remove(temporary)
        }
        let file = try self.open(temporary, .create)
        do {
            try file.rewrite(text)
            try file.synchronize()
            try file.close()
            try self.rename(temporary, to: path)
        } catch {
            // What remains is no file's name and is removed by the next write; the first error tells more.
            try? file.close()
            try? self.remove(temporary)
            throw error
        }
        try self.synchronizeDirectory(folder)
    }
}

extension OpenFile {
    /// The text at the beginning of the file; bytes that are not UTF-8 are replaced.
    func text(maxBytes: Int) throws(FileSystemError) -> String {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: maxBytes, alignment: 1)
        defer { bytes.deallocate() }
        let count = try self.readAll(into: bytes, at: 0)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Makes the text the whole content.
    ///
    /// The file is never empty meanwhile, unless it was so before or the text is.
    func rewrite(_ text: String) throws(FileSystemError) {
        var text = text
        let count = text.utf8.count
        let error: FileSystemError? = text.withUTF8 { bytes in
            do throws(FileSystemError) {
                try self.writeAll(UnsafeRawBufferPointer(bytes), at: 0)
                return nil
            } catch {
                return error
            }
        }
        if let error { throw error }
        try self.truncate(to: Int64(count))
    }
}
