import ArgumentParser
import Foundation
import PurserIdentifiers
import PurserOperations

/// `purser operations`.
struct OperationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operations",
        abstract: "See what a server is doing, and cancel it.",
        discussion: """
            EXAMPLES:
              purser operations
              purser operations list --state running
              purser operations watch
              purser operations cancel 01890a5d-ac96-774b-bcce-b302099a8057
            """,
        subcommands: [
            OperationListCommand.self, OperationShowCommand.self, OperationWatchCommand.self,
            OperationCancelCommand.self,
        ],
        defaultSubcommand: OperationListCommand.self
    )
}

/// `purser operations list`.
struct OperationListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List operations, the newest first."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Option(
        help: ArgumentHelp("Only those that stand so: \(Words.of(OperationState.self)).", valueName: "state"),
        transform: Words.one
    )
    var state: OperationState?

    @Option(
        help: ArgumentHelp("Only those that do this: \(Words.of(OperationKind.self)).", valueName: "kind"),
        transform: Words.one
    )
    var kind: OperationKind?

    @Option(help: ArgumentHelp("How many at most; 1 to 1000.", valueName: "count"))
    var limit = 100

    func validate() throws {
        guard (1...1000).contains(self.limit) else { throw ValidationError("--limit takes 1 to 1000.") }
    }

    func run(in session: Session) async throws {
        let (state, kind, limit) = (self.state?.rawValue, self.kind?.rawValue, self.limit)
        let data = try await session.withServer { try await $0.operations(state: state, kind: kind, limit: limit) }
        guard !session.console.style.isJSON else {
            return try session.console.result(String(decoding: data, as: UTF8.self))
        }
        let list = try RemoteService.decode(OperationListDocument.self, from: data)
        try session.console.results(list.operations.map(\.line))
        if list.operations.isEmpty { session.console.note("there are no such operations") }
    }
}

/// `purser operations show`.
struct OperationShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an operation and what happened to it."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The operation.", valueName: "id"))
    var id: String

    func run(in session: Session) async throws {
        let id = try OperationID(self.id)
        let (operation, history) = try await session.withServer { service in
            (try await service.operation(id), try await service.history(of: id))
        }
        guard !session.console.style.isJSON else {
            return try session.console.result(Self.joined(operation, history))
        }
        let document = try RemoteService.decode(OperationDocument.self, from: operation)
        let entries = try RemoteService.decode(OperationHistoryDocument.self, from: history).entries
        try session.console.results(
            document.lines + entries.map { "history   \($0.line)" }
        )
    }

    /// The operation's document with its history as one more field, and all else as the server wrote it.
    private static func joined(_ operation: Data, _ history: Data) throws -> String {
        guard var object = try JSONSerialization.jsonObject(with: operation) as? [String: Any],
            let entries = try (JSONSerialization.jsonObject(with: history) as? [String: Any])?["entries"]
        else { throw CommandError("the server's answer cannot be understood; it may be of another version") }
        object["history"] = entries
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try JSONSerialization.data(withJSONObject: object, options: options), as: UTF8.self)
    }
}

/// `purser operations watch`.
struct OperationWatchCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follow operations as they come along.",
        discussion: """
            Follows one operation to its end, and then exits 0 only if it succeeded; without ID all, until Ctrl-C. With \
            --json a document on each line.
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The operation.", valueName: "id"))
    var id: String?

    func run(in session: Session) async throws {
        let id = try self.id.map { try OperationID($0) }
        let console = session.console
        try await session.withServer { service in
            var last: OperationDocument?
            try await service.watch(id) { data in
                let document = try RemoteService.decode(OperationDocument.self, from: data)
                try console.result(console.style.isJSON ? String(decoding: data, as: UTF8.self) : document.line)
                last = document
            }
            guard let id else { return }
            switch last?.state {
            case OperationState.succeeded.rawValue: return
            case OperationState.queued.rawValue, OperationState.running.rawValue, nil:
                throw CommandError("the server stopped before operation \(id) ended")
            case let state?: throw CommandError("operation \(id) is \(state)", code: last?.error?.code)
            }
        }
    }
}

/// `purser operations cancel`.
struct OperationCancelCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel an operation."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The operation.", valueName: "id"))
    var id: String

    func run(in session: Session) async throws {
        let id = try OperationID(self.id)
        let data = try await session.withServer { try await $0.cancel(id) }
        if session.console.style.isJSON { try session.console.result(String(decoding: data, as: UTF8.self)) }
        try session.console.done("asked operation \(id) to stop")
    }
}
