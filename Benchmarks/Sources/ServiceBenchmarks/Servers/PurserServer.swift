import Foundation

/// The release build of Purser with its shipped configuration, on a fresh store.
final class PurserServer: Server {
    let name = "purser"
    let folder: URL
    let port: Int
    private let process: Process

    var processes: [Int32] { [self.process.processIdentifier] }

    /// Starts it and waits for its ready line.
    ///
    /// - Parameters:
    ///   - program: The `purser` program.
    ///   - folder: Where its store is or will be.
    ///   - settings: More settings, `key=value`.
    /// - Throws: ``BenchmarkFailure`` where it does not get ready.
    init(program: URL, folder: URL, settings: [String] = []) throws {
        self.folder = folder
        let output = Pipe()
        let process = Process()
        process.executableURL = program
        process.arguments =
            ["serve", "--storage", folder.path, "--port", "0"] + settings.flatMap { ["--set", $0] }
        process.standardOutput = output
        process.standardError = try Self.log(beside: folder)
        try process.run()
        self.process = process
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let ready = line.split(separator: "\n").first { $0.hasPrefix("ready http://127.0.0.1:") }
        guard let port = ready.flatMap({ Int($0.split(separator: ":").last ?? "") }) else {
            process.terminate()
            throw BenchmarkFailure("the server did not start; see \(folder.path).log")
        }
        self.port = port
    }

    private static func log(beside folder: URL) throws -> FileHandle {
        let log = folder.path + ".log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        guard let handle = FileHandle(forWritingAtPath: log) else { throw BenchmarkFailure("cannot write \(log)") }
        return handle
    }

    func path(of key: String) -> String { "/v1/buckets/default/files/\(key)" }

    func stop() throws {
        self.process.terminate()
        self.process.waitUntilExit()
    }
}
