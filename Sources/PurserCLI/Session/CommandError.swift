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
}

extension CommandError {
    /// The description, with the name of what failed before it unless it begins with that.
    func telling(of name: String) -> String {
        self.message.hasPrefix(name) ? self.description : "\(name): \(self)"
    }
}

extension CommandError: CustomStringConvertible {
    /// The message, and the code where there is one.
    var description: String {
        self.code.map { "\(self.message) (\($0))" } ?? self.message
    }
}
