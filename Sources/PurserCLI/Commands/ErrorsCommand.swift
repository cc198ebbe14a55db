import ArgumentParser
import Foundation
import Purser

/// `purser errors`.
struct ErrorsCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "errors",
        abstract: "List the last failures of a server's operations, the latest first.",
        discussion: """
            EXAMPLES:
              purser errors
              purser errors --severity critical
              purser errors --code queue_full --limit 10
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Option(help: ArgumentHelp("Only those of this code, such as queue_full.", valueName: "code"))
    var code: String?

    @Option(
        help: ArgumentHelp("Only those that matter so much: \(Words.of(ErrorSeverity.self)).", valueName: "severity"),
        transform: Words.one
    )
    var severity: ErrorSeverity?

    @Option(help: ArgumentHelp("How many at most; 1 to 1000.", valueName: "count"))
    var limit = 100

    func validate() throws {
        guard (1...1000).contains(self.limit) else { throw ValidationError("--limit takes 1 to 1000.") }
        if self.code?.isEmpty == true { throw ValidationError("--code takes a code such as queue_full.") }
    }

    func run(in session: Session) async throws {
        let (code, severity, limit) = (self.code, self.severity?.rawValue, self.limit)
        let data = try await session.withServer { try await $0.errors(code: code, severity: severity, limit: limit) }
        guard !session.console.style.isJSON else {
            return try session.console.result(String(decoding: data, as: UTF8.self))
        }
        let list = try RemoteService.decode(ErrorListDocument.self, from: data, by: DocumentCoding.decode)
        try session.console.results(list.errors.map(Self.line))
        if list.errors.isEmpty { session.console.note("there are no such errors") }
    }

    private static func line(_ error: ErrorDocument) -> String {
        let operation = error.operationId.map { "  (operation \($0))" } ?? ""
        let place = error.kind.map { "\($0): " } ?? ""
        return "\(error.time)  \(error.severity.padding(to: 8))  \(error.recovery.padding(to: 9))  \(error.code)  "
            + "\(place)\(error.message)\(operation)"
    }
}
