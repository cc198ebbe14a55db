/// Why a command could not do what it was asked.
struct CommandError: Error, Sendable, Hashable {
    /// What the process ends with.
    enum Status: Int32, Sendable {
        /// The work failed.
        case failed = 1
        /// The command line or the settings cannot be used.
        case usage = 2
        /// Ctrl-C, or a signal to stop.
        case cancelled = 130
    }

    /// What the process ends with.
    var status: Status
    /// Stable, for programs: the code of the server's problem document, or one of the command line's own.
    var code: String?
    /// What happened and what to do about it, for people.
    var message: String
    /// When another attempt is worthwhile, where the server said so.
    var retryAfter: Duration?

    /// Describes a failure.
    init(_ message: String, code: String? = nil, status: Status = .failed, retryAfter: Duration? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// Describes a command line that cannot be used.
    static func usage(_ message: String) -> CommandError {
        CommandError(message, status: .usage)
    }

    /// The code where no server answers; a batch of transfers stops at it.
    static let unreachable = "server_unreachable"

    /// The code where what answers is no server of ours.
    static let foreignServer = "not_purser"
}

extension CommandError {
    /// The description, with the name of what failed before it unless it begins with that.
    func telling(of name: String) -> String {
        self.message.hasPrefix(name) ? self.description : "\(name): \(self)"
    }
}

extension CommandError {
    /// What `--json` writes on standard error of a failure: `{"error":{"code":…,"message":…,"name":…}}`.
    ///
    /// - Parameter name: What failed, of several.
    /// - Returns: The document, which always has a code.
    func document(of name: String? = nil) -> some Encodable {
        ["error": ErrorDocument(code: self.documentedCode, message: self.message, name: name)]
    }

    /// The code that documents have: one of the command line's own where there is no other.
    var documentedCode: String {
        if let code { return code }
        return switch self.status {
        case .failed: "failed"
        case .usage: "usage"
        case .cancelled: "cancelled"
        }
    }

    private struct ErrorDocument: Encodable {
        var code: String
        var message: String
        var name: String?
    }
}

extension CommandError: CustomStringConvertible {
    /// The message, and the code where there is one.
    var description: String {
        self.code.map { "\(self.message) (\($0))" } ?? self.message
    }
}
