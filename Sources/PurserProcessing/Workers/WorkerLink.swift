import Subprocess

/// The lines to and from a worker.
actor WorkerLink {
    /// The longest line that is taken, in bytes; and all that is held of what a worker writes.
    static let maxLine = 1 << 20

    private let writer: StandardInputWriter
    private var chunks: SubprocessOutputSequence.Iterator
    private var buffer: [UInt8] = []
    /// Bytes of the buffer in which there is no end of a line.
    private var searched = 0

    init(_ writer: StandardInputWriter, _ output: SubprocessOutputSequence) {
        self.writer = writer
        self.chunks = output.makeAsyncIterator()
    }

    /// Says a line.
    ///
    /// - Parameter line: With its end.
    /// - Returns: `false` where the worker is gone.
    func send(_ line: [UInt8]) async -> Bool {
        // Whatever went wrong with the pipe, nobody hears at its other end.
        (try? await self.writer.write(line)) == line.count
    }

    /// Hears the next line that begins with a brace; `nil` where the worker is gone, or talks without end.
    func receive() async -> [UInt8]? {
        while true {
            while let line = self.takeLine() {
                if line.first == UInt8(ascii: "{") { return line }
            }
            guard self.buffer.count < Self.maxLine else { return nil }
            var chunks = self.chunks
            // Whatever went wrong with the pipe, nothing more comes from its other end.
            let chunk = try? await chunks.next()
            self.chunks = chunks
            guard let chunk else { return nil }
            chunk.withUnsafeBytes { self.buffer.append(contentsOf: $0) }
        }
    }

    /// Tells the worker that nothing more comes.
    func close() async {
        // Where it is gone it need not be told.
        try? await self.writer.finish()
    }

    private func takeLine() -> [UInt8]? {
        guard let end = self.buffer[self.searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            self.searched = self.buffer.count
            return nil
        }
        let line = Array(self.buffer[..<end])
        self.buffer.removeFirst(end + 1)
        self.searched = 0
        return line
    }
}
