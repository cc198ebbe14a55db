/// What became of many transfers.
struct BatchReport: Encodable, Sendable {
    /// A transfer that failed.
    struct Failure: Encodable, Sendable {
        /// Of which file.
        var name: String
        /// Why.
        var error: CommandError

        private enum CodingKeys: CodingKey {
            case name, code, message
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(self.name, forKey: .name)
            try container.encode(self.error.documentedCode, forKey: .code)
            try container.encode(self.error.message, forKey: .message)
        }
    }

    /// Transfers that were made.
    var files = 0
    /// Bytes of their contents.
    var bytes: Int64 = 0
    /// Those that were not needed, as the content was there.
    var unchanged = 0
    /// Those that were left out.
    var skipped = 0
    /// Those that failed, in the order in which they did.
    var failed: [Failure] = []
    /// What ended all before the last one was tried; not a part of the document.
    var end: (any Error)?

    enum CodingKeys: CodingKey {
        case files, bytes, unchanged, skipped, failed
    }

    /// Counts a transfer.
    mutating func add(_ outcome: Batch.Outcome) {
        switch outcome {
        case .done(let bytes):
            self.files += 1
            self.bytes += bytes
        case .unchanged: self.unchanged += 1
        case .skipped: self.skipped += 1
        case .failed(let name, let error):
            self.failed.append(Failure(name: name, error: error))
        }
    }

    /// Says in the end what was done, and lists what failed.
    ///
    /// - Parameters:
    ///   - verb: Such as `stored`.
    ///   - console: Where to say it.
    /// - Throws: What ended the transfers early; ``FailedTransfers`` where some failed.
    func conclude(_ verb: String, on console: Console) throws {
        if console.style.isJSON { try console.result(JSONText.encode(self)) }
        try console.done(self.summary(verb))
        for failure in self.failed {
            console.failure(failure.error, of: failure.name)
        }
        if let end {
            guard var error = end as? CommandError, error.code == CommandError.unreachable else { throw end }
            error.message += ". What was transferred stays; the same command transfers the rest"
            throw error
        }
        guard self.failed.isEmpty else { throw FailedTransfers(count: self.failed.count) }
    }

    private func summary(_ verb: String) -> String {
        var parts = ["\(verb) \(self.files) \(self.files == 1 ? "file" : "files") (\(ByteText.short(self.bytes)))"]
        if self.unchanged > 0 { parts.append("\(self.unchanged) there already") }
        if self.skipped > 0 { parts.append("\(self.skipped) left out") }
        if !self.failed.isEmpty { parts.append("\(self.failed.count) failed") }
        if self.end != nil { parts.append("the rest was not tried") }
        return parts.joined(separator: ", ")
    }
}
