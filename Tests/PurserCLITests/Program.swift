import Foundation
import Synchronization
import SystemPackage

/// The real `purser`, as a process of its own.
final class Program: Sendable {
    /// How a run ended.
    struct Outcome: Sendable {
        /// Its exit status; of a signal that ended it, 128 more than its number.
        var status: Int32
        var output: String
        var diagnostics: String
    }

    private let process: Process
    private let folder: FilePath
    private let ended: AsyncStream<Int32>

    /// Starts it.
    ///
    /// - Parameters:
    ///   - arguments: What stands on its command line.
    ///   - folder: Where it runs, and where its output is kept.
    ///   - shell: A script that runs it, and is given its path as `$0` and its arguments.
    ///   - environment: More variables.
    ///   - output: Where its results go; to its outcome without this.
    /// - Throws: What the system says where it cannot be started.
    init(
        _ arguments: [String],
        in folder: FilePath,
        shell: String? = nil,
        environment: [String: String] = [:],
        output: Pipe? = nil
    ) throws {
        let process = Process()
        self.process = process
        self.folder = folder.appending(".run-\(UUID())")
        try FileManager.default.createDirectory(atPath: self.folder.string, withIntermediateDirectories: true)
        if let shell {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", shell, Self.executable.path] + arguments
        } else {
            process.executableURL = Self.executable
            process.arguments = arguments
        }
        // Nothing of the surroundings may change what is tested.
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder.string]
            .merging(environment) { $1 }
        process.currentDirectoryURL = URL(filePath: folder.string)
        process.standardInput = FileHandle.nullDevice
        let results = try Self.file(self.folder.appending("output"))
        if let output { process.standardOutput = output } else { process.standardOutput = results }
        process.standardError = try Self.file(self.folder.appending("diagnostics"))
        let (ended, end) = AsyncStream<Int32>.makeStream()
        self.ended = ended
        process.terminationHandler = { process in
            let isSignal = process.terminationReason == .uncaughtSignal
            end.yield(isSignal ? 128 + process.terminationStatus : process.terminationStatus)
            end.finish()
        }
        try process.run()
    }

    private static func file(_ path: FilePath) throws -> FileHandle {
        try Data().write(to: URL(filePath: path.string))
        return try FileHandle(forWritingTo: URL(filePath: path.string))
    }

    /// Beside the test bundle, as both are products of one build.
    private static var executable: URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "purser")
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String],
        in folder: FilePath,
        shell: String? = nil,
        environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await Program(arguments, in: folder, shell: shell, environment: environment).outcome()
    }

    /// Waits for its end.
    func outcome() async throws -> Outcome {
        var status: Int32 = -1
        for await end in self.ended { status = end }
        return Outcome(
            status: status,
            output: try self.folder.appending("output").read(),
            diagnostics: try self.folder.appending("diagnostics").read()
        )
    }

    /// Sends it a signal.
    func signal(_ number: Int32) {
        Foundation.kill(self.process.processIdentifier, number)
    }
}

/// The real `purser serve`, as a process of its own.
struct ServerProgram: Sendable {
    /// Its base URL.
    let url: String
    /// The process.
    let program: Program

    /// Serves a store for the time of the body.
    ///
    /// How full the machine's disk is starts no run of the optimizer in it.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - folder: Where the server runs.
    ///   - port: Where it listens; a free one where it is 0.
    ///   - settings: A file of settings.
    ///   - body: Is given the server.
    /// - Returns: What the body returned.
    /// - Throws: ``NotReady``; what the body throws.
    static func serve<Value>(
        _ store: FilePath,
        in folder: FilePath,
        port: Int = 0,
        settings: FilePath? = nil,
        _ body: (ServerProgram) async throws -> Value
    ) async throws -> Value {
        let output = Pipe()
        let program = try Program(
            [
                "serve", "--storage", store.string, "--port", "\(port)", "--set", "storage.free_space_floor=0B",
                "--set",
                "optimizer.on_low_space=false",
            ] + (settings.map { ["--config", $0.string] } ?? []),
            in: folder,
            output: output
        )
        var ready = ""
        while !ready.hasSuffix("\n"), let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            ready += String(decoding: byte, as: UTF8.self)
        }
        defer { program.signal(SIGKILL) }
        guard ready.hasPrefix("ready http://") else { throw NotReady(outcome: try await program.outcome()) }
        return try await body(ServerProgram(url: String(ready.dropFirst("ready ".count).dropLast()), program: program))
    }

    /// The server ended instead.
    struct NotReady: Error { var outcome: Program.Outcome }

    /// Ends it as a power switch would, and waits for that.
    func kill() async throws {
        self.program.signal(SIGKILL)
        _ = try await self.program.outcome()
    }
}
