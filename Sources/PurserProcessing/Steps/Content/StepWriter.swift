import SystemPackage

/// Writes a file of a step, in pieces and within the step's limit of a file's size.
struct StepWriter: ~Copyable {
    /// Bytes written so far.
    private(set) var bytes: Int64 = 0
    private let file: FileDescriptor
    private let limit: Int64
    private var pending: [UInt8] = []

    /// Makes the file, which must not be there yet.
    ///
    /// - Parameters:
    ///   - path: Where it goes.
    ///   - limit: Bytes that it may have.
    /// - Throws: ``StepFailure`` `unwritable`.
    init(_ path: String, limit: Int64) throws(StepFailure) {
        do {
            self.file = try FileDescriptor.open(
                FilePath(path),
                .writeOnly,
                options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite
            )
        } catch {
            throw Self.unwritable(error)
        }
        self.limit = limit
        self.pending.reserveCapacity(ContentChunks.size)
    }

    /// Appends bytes.
    ///
    /// - Parameter bytes: What comes next.
    /// - Throws: ``StepFailure`` `output_too_large`, `unwritable`.
    mutating func write(_ bytes: some Sequence<UInt8>) throws(StepFailure) {
        self.pending.append(contentsOf: bytes)
        if self.pending.count >= ContentChunks.size { try self.flush() }
    }

    /// Appends a text in UTF-8.
    mutating func write(_ text: String) throws(StepFailure) { try self.write(text.utf8) }

    /// Writes what is pending and closes the file.
    ///
    /// - Returns: Bytes written in all.
    /// - Throws: ``StepFailure`` `output_too_large`, `unwritable`.
    @discardableResult
    consuming func finish() throws(StepFailure) -> Int64 {
        try self.flush()
        return self.bytes
    }

    deinit {
        // What could not be written was told by the write.
        try? self.file.close()
    }

    private mutating func flush() throws(StepFailure) {
        guard !self.pending.isEmpty else { return }
        self.bytes += Int64(self.pending.count)
        guard self.bytes <= self.limit else {
            throw StepFailure("output_too_large", "the result is larger than the \(self.limit) bytes that a step may write")
        }
        do {
            try self.file.writeAll(self.pending)
        } catch {
            throw Self.unwritable(error)
        }
        self.pending.removeAll(keepingCapacity: true)
    }

    private static func unwritable(_ error: any Error) -> StepFailure {
        StepFailure("unwritable", "the result cannot be written to the scratch folder: \(error)", isTransient: true)
    }
}
