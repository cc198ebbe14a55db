import Foundation
import SystemPackage

/// The real `purser serve`, as a process of its own.
final class ServerProcess {
    /// Its base URL.
    let url: String
    private let process: Process

    /// Starts it on a free port and returns when it takes requests.
    ///
    /// How full the machine's disk is starts no run in it.
    init(store: FilePath, settings: [String: String]) throws {
        self.process = Process()
        self.process.executableURL = Self.executable
        self.process.arguments =
            ["serve", "--storage", store.string, "--port", "0"]
            + settings.merging(["optimizer.on_low_space": "false"]) { given, _ in given }
            .sorted { $0.key < $1.key }.flatMap { ["--set", "\($0.key)=\($0.value)"] }
        // Nothing of the surroundings may change what is tested.
        self.process.environment = ["PATH": "/usr/bin:/bin", "HOME": store.string]
        self.process.currentDirectoryURL = URL(filePath: store.removingLastComponent().string)
        let output = Pipe()
        self.process.standardOutput = output
        self.process.standardError = FileHandle.nullDevice
        try self.process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            guard let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty else {
                self.process.waitUntilExit()
                throw NotReady(output: line, status: self.process.terminationStatus)
            }
            line += String(decoding: byte, as: UTF8.self)
        }
        guard line.hasPrefix("ready http://") else { throw NotReady(output: line, status: nil) }
        self.url = String(line.dropFirst("ready ".count).dropLast())
    }

    /// The server said something else than that it is ready, or ended.
    struct NotReady: Error {
        var output: String
        var status: Int32?
    }

    /// Beside the test bundle, as both are products of one build.
    private static var executable: URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "purser")
    }

    /// Ends it as a power switch would, but for the page cache.
    func kill() {
        Foundation.kill(self.process.processIdentifier, SIGKILL)
        self.process.waitUntilExit()
    }

    /// Ends it in order.
    ///
    /// - Returns: Its exit status.
    func stop() -> Int32 {
        self.process.terminate()
        self.process.waitUntilExit()
        return self.process.terminationStatus
    }
}
