import SystemPackage

/// Reading and writing files of steps in pieces, so that memory does not follow their size.
enum ContentChunks {
    /// Bytes at a time.
    static let size = 256 << 10

    /// Reads a file from its beginning to its end.
    ///
    /// - Parameters:
    ///   - path: Where it lies; a symbolic link is not followed.
    ///   - body: Called for each piece of at least one byte, in order.
    /// - Throws: ``StepFailure`` `unreadable`; `CancellationError`; what the body throws.
    static func read(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let file = try Self.open(path)
        defer { Self.close(file) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.size, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            try Task.checkCancellation()
            let count: Int
            do {
                count = try file.read(into: buffer)
            } catch let error as Errno {
                throw Self.unreadable(error)
            }
            guard count > 0 else { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// The bytes at a place of a file, fewer where it ends before.
    ///
    /// - Parameters:
    ///   - path: Where it lies; a symbolic link is not followed.
    ///   - offset: From its beginning, or, where negative, from its end.
    ///   - count: How many at most.
    /// - Returns: The bytes.
    /// - Throws: ``StepFailure`` `unreadable`.
    static func bytes(of path: String, at offset: Int64 = 0, count: Int) throws(StepFailure) -> [UInt8] {
        let file = try Self.open(path)
        defer { Self.close(file) }
        do {
            let end = try file.seek(offset: 0, from: .end)
            try file.seek(offset: offset < 0 ? max(0, end + offset) : offset, from: .start)
            var bytes = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let read = try bytes.withUnsafeMutableBytes { buffer in
                    try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                }
                if read == 0 { break }
                filled += read
            }
            return Array(bytes.prefix(filled))
        } catch {
            throw Self.unreadable(error)
        }
    }

    /// How many bytes a file has.
    ///
    /// - Throws: ``StepFailure`` `unreadable`.
    static func count(of path: String) throws(StepFailure) -> Int64 {
        let file = try Self.open(path)
        defer { Self.close(file) }
        do {
            return try file.seek(offset: 0, from: .end)
        } catch {
            throw Self.unreadable(error)
        }
    }

    /// Opens a file for reading.
    private static func open(_ path: String) throws(StepFailure) -> FileDescriptor {
        do {
            return try FileDescriptor.open(FilePath(path), .readOnly, options: [.noFollow, .closeOnExec])
        } catch {
            throw Self.unreadable(error)
        }
    }

    private static func close(_ file: FileDescriptor) {
        // Nothing was written, so there is nothing to lose.
        try? file.close()
    }

    private static func unreadable(_ error: any Error) -> StepFailure {
        StepFailure("unreadable", "the content cannot be read from the scratch folder: \(error)", isTransient: true)
    }
}
