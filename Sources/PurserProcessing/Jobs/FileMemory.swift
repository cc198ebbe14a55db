import PurserOperations

/// Memory that is reserved for the programs that work on a file.
struct FileMemory: Sendable {
    /// Bytes, beside what the server itself holds for the file.
    var bytes: Int
    /// Whether that is all that the programs may ever hold, so that none has to be ended for want of more.
    var isWhole = false
}

extension ProcessingService {
    /// Bytes of memory that the server itself holds for a file.
    static let ownMemory = 2 << 20

    /// What the programs of a pipeline are expected to hold.
    func expectedMemory(of pipeline: Pipeline) -> FileMemory {
        FileMemory(bytes: min(pipeline.memory, Int.max - Self.ownMemory))
    }

    /// All that the programs of a pipeline may hold, as far as there is so much for all files together.
    func wholeMemory(of pipeline: Pipeline) -> FileMemory {
        let most = max(0, self.resources.configuration.memoryBudget - Self.ownMemory)
        return FileMemory(bytes: max(min(pipeline.memoryLimit, most), 0), isWhole: true)
    }
}
