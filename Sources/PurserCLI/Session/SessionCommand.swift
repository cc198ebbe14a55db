import ArgumentParser
import Foundation

/// A command that works in a session, under signals.
protocol SessionCommand: AsyncParsableCommand, Sendable {
    /// The options that every command takes.
    var common: CommonOptions { get }

    /// Does the work.
    ///
    /// Cancelled by Ctrl-C; leaves nothing half-done then.
    func run(in session: Session) async throws
}

extension SessionCommand {
    mutating func run() async throws {
        let command = self
        let console = Console.standard(isQuiet: self.common.quiet, isJSON: self.common.json)
        let session = Session(options: self.common, console: console)
        let status = await Interruption.run(on: console) { try await command.run(in: session) }
        if status != 0 { throw ExitCode(status) }
    }
}
