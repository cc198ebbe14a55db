/// What is kept of what a program writes to its standard output: the beginning.
struct ToolOutput {
    private let limit: Int
    private var lines: ProgressLines?
    /// What is kept.
    private(set) var bytes: [UInt8] = []
    /// How many bytes came, the lines of the progress protocol left out.
    private(set) var count: Int64 = 0

    init(limit: Int, progress: (@Sendable (Double, String?) -> Void)?) {
        self.limit = limit
        self.lines = progress.map(ProgressLines.init)
    }

    /// Whether more came than is kept.
    var isCut: Bool { self.count > Int64(self.limit) }

    mutating func take(_ chunk: UnsafeRawBufferPointer) {
        guard var lines = self.lines.take() else { return self.keep(chunk) }
        lines.take(chunk) { self.keep($0) }
        self.lines = lines
    }

    mutating func finish() {
        guard var lines = self.lines.take() else { return }
        lines.finish { self.keep($0) }
    }

    private mutating func keep(_ chunk: UnsafeRawBufferPointer) {
        self.count += Int64(chunk.count)
        let room = self.limit - self.bytes.count
        if room > 0 { self.bytes.append(contentsOf: chunk.prefix(room)) }
    }
}
