import Foundation
import Logging
import Purser
import PurserBlobs
import PurserStore
import SystemPackage

/// What a command works with: its options, where it speaks, and the way to the service.
struct Session: Sendable {
    /// How long a store may be held by somebody who does not serve it, such as another command.
    static let patience = Duration.seconds(10)

    /// The options that every command takes.
    let options: CommonOptions
    /// Where it speaks.
    let console: Console
    /// The process's environment.
    let environment: [String: String]

    /// Puts a session together.
    init(
        options: CommonOptions,
        console: Console,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.options = options
        self.console = console
        self.environment = environment
    }

    /// Opens the sources of settings; flags win.
    ///
    /// - Parameter flags: Settings that have an option of their own in this command.
    /// - Returns: A reader of them all.
    /// - Throws: `SettingsError` where the file cannot be read.
    func settings(flags: [String: String] = [:]) async throws -> SettingsReader {
        var all: [String: String] = [:]
        for flag in self.options.settings { all[flag.key] = flag.value }
        if let storage = self.options.storage { all["storage.path"] = storage }
        all.merge(flags) { $1 }
        return try await SettingsReader(file: self.settingsFile, environment: self.environment, flags: all)
    }

    /// The file of settings; `nil` where there is none.
    var settingsFile: String? {
        if let named = self.options.config ?? self.environment["PURSER_CONFIG"], !named.isEmpty { return named }
        let usual = "config/purser.yaml"
        return FileManager.default.fileExists(atPath: usual) ? usual : nil
    }

    /// The server that the user named; `nil` where they named none.
    var namedServer: String? {
        let named = self.options.server ?? self.environment["PURSER_SERVER"]
        return named?.isEmpty == false ? named : nil
    }

    /// Connects to a server that the user named, or that holds the store; else opens the store for the time of the body.
    ///
    /// - Parameters:
    ///   - creates: Whether a store may be made where there is none.
    ///   - processes: Whether jobs are to be run, also those that were left by the last process.
    ///   - body: What to do with the service.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; `SettingsError`; ``CommandError`` where there is no store to be had.
    func withService<Value: Sendable>(
        creates: Bool = false,
        processes: Bool = false,
        _ body: @escaping @Sendable (any StorageService) async throws -> Value
    ) async throws -> Value {
        if let server = self.namedServer { return try await self.withRemote(server, body) }
        var configuration = try await self.storeConfiguration()
        if !creates { configuration.storage.createsWhenMissing = false }
        // A command does what it is asked, and no run that happens to be due.
        configuration.optimizer.isEnabled = false
        configuration.processing.isEnabled = processes
        configuration.processing.jobs.triggers.removeAll { $0.event != .upload }
        // Alerts, exports and history are a service's.
        configuration.monitor.measuring.isEnabled = false
        let deadline = ContinuousClock.now + Self.patience
        while true {
            if let holder = try StoreLock.holder(at: configuration.storage.path), let url = holder.url {
                return try await self.withRemote(url, body)
            }
            let isOpen = OnceFlag()
            do {
                return try await Self.withStore(configuration, isOpen, body)
            } catch let error as StoreError where !isOpen.isRaised {
                guard error.code == .locked, ContinuousClock.now < deadline else {
                    throw Self.explained(error, at: configuration.storage.path, creates: creates)
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Opens the store for the time of the body.
    ///
    /// A cancelled command winds down while the store still runs: what it undoes may need that.
    private static func withStore<Value: Sendable>(
        _ configuration: PurserConfiguration,
        _ isOpen: OnceFlag,
        _ body: @escaping @Sendable (any StorageService) async throws -> Value
    ) async throws -> Value {
        let command = CancellablePart<Value>()
        // A task of its own, which a cancellation does not reach; awaited here.
        let work = Task {
            try await withFileStorageManager(configuration: configuration, logger: Self.logger) { manager in
                _ = isOpen.raise()
                return try await command.run { try await body(LocalService(manager)) }
            }
        }
        return try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            command.cancel()
        }
    }

    /// Connects to a server that the user named, or that holds the store.
    ///
    /// - Throws: ``CommandError`` where there is none.
    func withServer<Value: Sendable>(_ body: @Sendable (RemoteService) async throws -> Value) async throws -> Value {
        if let server = self.namedServer { return try await self.withRemote(server, body) }
        let path = try await self.storeConfiguration().storage.path
        guard let url = try StoreLock.holder(at: path)?.url else {
            throw CommandError(
                "no server holds the store at \(path), and this needs one; start one with 'purser serve', or name one with "
                    + "--server",
                code: CommandError.unreachable
            )
        }
        return try await self.withRemote(url, body)
    }

    private func withRemote<Value: Sendable>(
        _ url: String,
        _ body: @Sendable (RemoteService) async throws -> Value
    ) async throws -> Value {
        let console = self.console
        return try await RemoteService.connect(
            to: url,
            onBusy: { message, wait in
                console.note("the server is busy (\(message)); trying again in \(TimeText.clock(wait))")
            },
            onNote: { console.note("warning: \($0)") },
            body
        )
    }

    /// The settings of the store, checked; those of the server are left to it.
    private func storeConfiguration() async throws -> PurserConfiguration {
        let settings = try await self.settings()
        let configuration = PurserConfiguration(reading: settings)
        try settings.finish(ignoring: ["server.", "log."])
        return configuration
    }

    private static func explained(_ error: StoreError, at path: FilePath, creates: Bool) -> CommandError {
        let message =
            switch error.code {
            case .locked: "\(error.message); it serves nobody, so wait until it is done"
            case .notAStore where !creates:
                "there is no store in '\(path)'; name it with --storage, or its server with --server, or make one with "
                    + "'purser serve' or 'purser put'"
            default: error.message
            }
        return CommandError(message, code: error.code.rawValue)
    }

    /// For the store's own background work in a process of one command.
    private static var logger: Logger {
        var logger = Logger(label: "purser") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        return logger
    }
}
