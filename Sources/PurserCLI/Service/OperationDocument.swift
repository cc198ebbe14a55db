/// An operation, as far as people are shown it.
struct OperationDocument: Decodable, Sendable {
    struct Progress: Decodable, Sendable {
        var fraction: Double?
        var bytesDone: Int64
        var bytesTotal: Int64?
        var step: String?
        var message: String?

        enum CodingKeys: String, CodingKey {
            case fraction, step, message
            case bytesDone = "bytes_done"
            case bytesTotal = "bytes_total"
        }
    }

    struct Failure: Decodable, Sendable {
        var code: String
        var message: String
    }

    var id: String
    var kind: String
    var name: String
    var state: String
    var progress: Progress
    var queuePosition: Int?
    var createdAt: String
    var elapsedSeconds: Double
    var estimatedSecondsRemaining: Double?
    var error: Failure?

    enum CodingKeys: String, CodingKey {
        case id, kind, name, state, progress, error
        case queuePosition = "queue_position"
        case createdAt = "created_at"
        case elapsedSeconds = "elapsed_seconds"
        case estimatedSecondsRemaining = "estimated_seconds_remaining"
    }

    /// A line of a list.
    var line: String {
        let state = self.state.padding(to: 9)
        return "\(self.id)  \(self.kind.padding(to: 8))  \(state)  \(self.standing)  \(self.name)"
    }

    /// How it stands, in a few words.
    private var standing: String {
        if let queuePosition { return "waits at place \(queuePosition)" }
        if let error { return "\(error.message) (\(error.code))" }
        let percent = self.progress.fraction.map { "\(Int($0 * 100))%" } ?? "-"
        let amount =
            self.progress.bytesTotal.map { "\(ByteText.short(self.progress.bytesDone)) of \(ByteText.short($0))" }
            ?? ByteText.short(self.progress.bytesDone)
        let left = self.estimatedSecondsRemaining.map { ", \(TimeText.clock(.seconds($0))) left" } ?? ""
        return "\(percent) (\(amount)\(left))"
    }

    /// All that people may want to know of it, a line each.
    var lines: [String] {
        var lines = [
            "id        \(self.id)", "kind      \(self.kind)", "name      \(self.name)", "state     \(self.state)",
            "progress  \(self.standing)", "created   \(self.createdAt)",
            "elapsed   \(TimeText.clock(.seconds(self.elapsedSeconds)))",
        ]
        if let step = self.progress.step { lines.append("step      \(step)") }
        if let message = self.progress.message { lines.append("message   \(message)") }
        return lines
    }
}

/// A page of operations.
struct OperationListDocument: Decodable, Sendable {
    var operations: [OperationDocument]
}

/// What happened to an operation.
struct OperationHistoryDocument: Decodable, Sendable {
    struct Entry: Decodable, Sendable {
        var time: String
        var state: String
        var step: String?
        var message: String?

        /// The line for people, without what it is about.
        var line: String {
            let words = [self.state, self.step, self.message].compactMap { $0 }
            return "\(self.time)  \(words.joined(separator: ": "))"
        }
    }

    var entries: [Entry]
}

extension String {
    /// The text with blanks behind it, up to a number of characters.
    func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - self.count))
    }

    /// The text with blanks before it, up to a number of characters.
    func padded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - self.count)) + self
    }
}
