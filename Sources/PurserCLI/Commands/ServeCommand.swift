import ArgumentParser
import Foundation
import Logging
import NIOCore
import Purser
import PurserHTTP
import ServiceLifecycle
import SystemPackage
import UnixSignals

/// `purser serve`.
struct ServeCommand: AsyncParsableCommand, Sendable {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a store over HTTP.",
        discussion: """
            Prints 'ready URL' on standard output when it takes requests, with --json {"ready":"URL"}, and logs on standard \
            error. SIGINT and SIGTERM \
            let running operations end (server.shutdown_grace); a second signal ends at once.

            EXAMPLES:
              purser serve
              purser serve --storage /srv/files --port 9000
              purser serve --set resources.max_file_size=20GiB
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Option(help: ArgumentHelp("Address to listen on.", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("Port to listen on; 0 picks a free one.", valueName: "port"))
    var port: String?

    @Flag(help: "Let everybody who reaches the server read, write and delete.")
    var allowAnonymous = false

    /// Settings that have an option of their own.
    var flags: [String: String] {
        var flags: [String: String] = [:]
        flags["server.host"] = self.host
        flags["server.port"] = self.port
        if self.allowAnonymous { flags["server.allow_anonymous"] = "true" }
        return flags
    }

    mutating func run() async throws {
        let console = Console.standard(isQuiet: self.common.quiet, isJSON: self.common.json)
        let session = Session(options: self.common, console: console)
        do {
            try await self.serve(in: session)
        } catch {
            throw ExitCode(Interruption.report(error, on: console))
        }
    }

    private func serve(in session: Session) async throws {
        let reader = try await session.settings(flags: self.flags)
        let settings = try ServiceSettings(reader, session.console)
        let sink = LogSink()
        defer { sink.flush() }
        var logger = Logger(label: "purser") { label in
            ServiceLogHandler(label: label, format: settings.logFormat, sink: sink)
        }
        logger.logLevel = settings.logLevel
        let requestLog = RequestLog(format: settings.logFormat, level: settings.logLevel, sink: sink)
        OpenFileLimit.raise()
        // Contents and names are nobody else's to read.
        umask(0o077)
        // Before the store is touched.
        try await ListenProbe.check(host: settings.server.host, port: settings.server.port)
        let manager = try await FileStorageManager.open(settings.purser, logger: logger)
        let impatience = Task { await SecondSignal.wait() }
        // It only ever ends by this, when all is closed, or ends the process.
        defer { impatience.cancel() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await Self.serve(manager, settings, session.console, logger, requestLog))
        } catch {
            result = .failure(error)
        }
        try await manager.close()
        do {
            try result.get()
        } catch let error as IOError {
            throw ListenProbe.explained(error, host: settings.server.host, port: settings.server.port)
        }
    }

    private static func serve(
        _ manager: FileStorageManager,
        _ settings: ServiceSettings,
        _ console: Console,
        _ logger: Logger,
        _ requestLog: RequestLog
    ) async throws {
        var configuration = settings.server
        configuration.logsRequests = configuration.logsRequests && requestLog.isHeard
        let server = PurserServer(
            manager: manager,
            configuration: configuration,
            logger: logger,
            onReady: { url in
                do {
                    try console.result(console.style.isJSON ? JSONText.encode(["ready": url]) : "ready \(url)")
                } catch {
                    // Nobody waits for the line; requests are served all the same.
                    logger.warning("the server could not say that it is ready", metadata: ["purser.error": "\(error)"])
                }
            },
            onRequest: { requestLog.write($0) }
        )
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: manager, serviceName: "manager"),
                .init(service: server, serviceName: "server"),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = settings.server.shutdownGrace + .seconds(30)
        try await ServiceGroup(configuration: group).run()
    }
}
