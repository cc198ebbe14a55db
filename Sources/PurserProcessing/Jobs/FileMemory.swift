import PurserOperations

/// Memory that is reserved for the programs that work on a file.
struct FileMemory: Sendable {
    /// Bytes, beside what the server itself holds for the file.
    var bytes: Int
    /// Whether that is as much as a file may ever begin with.
    var isWhole = false
}

extension ProcessingService {
    /// Bytes of memory that the server itself holds for a file.
    static let ownMemory = 2 << 20

    /// What the programs of a pipeline are expected to hold.
    func expectedMemory(of pipeline: Pipeline) -> FileMemory {
        FileMemory(bytes: min(pipeline.memory, Int.max - Self.ownMemory))
    }

    /// All that the programs of a pipeline may hold, but no more than half of what there is for everybody.
    ///
    /// A file that waited for all of it would hold everybody else up until the last of them had ended. More than half is
    /// reserved while its programs grow, as for any file.
    func wholeMemory(of pipeline: Pipeline) -> FileMemory {
        let half = max(0, self.resources.configuration.memoryBudget / 2 - Self.ownMemory)
        let expected = self.expectedMemory(of: pipeline).bytes
        return FileMemory(bytes: max(expected, min(pipeline.memoryLimit, half)), isWhole: true)
    }
}
