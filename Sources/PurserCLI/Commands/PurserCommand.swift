import ArgumentParser
import Foundation
import Purser

/// The command at the top.
struct PurserCommand: AsyncParsableCommand {
    /// What requests of the command line say of it.
    static let userAgent = "purser-cli/\(PurserVersion.current)"

    static let configuration = CommandConfiguration(
        commandName: "purser",
        abstract: "Store files, and see what becomes of them.",
        discussion: """
            Commands talk to the server that holds the store, or open the store themselves when none runs.

            EXAMPLES:
              purser serve --storage /srv/files
              purser put report.pdf
              purser put -r scans/ archive/2026
              purser get report.pdf
              purser ls -l archive/
              purser operations watch
              purser metrics --watch
              purser process image photo.jpg --wait

            Exit codes: 0 done, 1 failed, 2 usage or settings, 130 cancelled.
            """,
        version: "purser \(PurserVersion.current)",
        subcommands: [
            ServeCommand.self, PutCommand.self, GetCommand.self, ListCommand.self, StatCommand.self, RemoveCommand.self,
            CopyCommand.self, BucketsCommand.self, OperationsCommand.self, MetricsCommand.self, AlertsCommand.self,
            ErrorsCommand.self, OptimizeCommand.self, VerifyCommand.self, ProcessCommand.self, JobsCommand.self,
            PipelinesCommand.self, ConfigCommand.self,
        ]
    )
}

/// Where the process begins.
@main
enum Main {
    static func main() async {
        // A reader that leaves, and a limit of file sizes, are failures of the write that meets them.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        let arguments = ArgumentOrder.normalized(Array(CommandLine.arguments.dropFirst()))
        do {
            var command = try PurserCommand.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(Self.end(with: error, isJSON: arguments.prefix { $0 != "--" }.contains("--json")))
        }
    }

    /// Shows help and complaints about the command line.
    ///
    /// - Returns: What the process is to end with.
    private static func end(with error: any Error, isJSON: Bool) -> Int32 {
        if let code = error as? ExitCode { return code.rawValue }
        if isJSON, !PurserCommand.exitCode(for: error).isSuccess {
            let failure = CommandError.usage(PurserCommand.message(for: error))
            Console.standard(isQuiet: true, isJSON: true).failure(failure)
            return failure.status.rawValue
        }
        let message = PurserCommand.fullMessage(for: error)
        let isHelp = PurserCommand.exitCode(for: error).isSuccess
        if !message.isEmpty {
            let handle = isHelp ? FileHandle.standardOutput : FileHandle.standardError
            // There is nowhere left to tell where this fails.
            try? handle.write(contentsOf: Data((message + "\n").utf8))
        }
        return isHelp ? 0 : CommandError.Status.usage.rawValue
    }
}
