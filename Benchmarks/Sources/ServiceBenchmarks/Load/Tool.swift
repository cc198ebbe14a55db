import Foundation
import Glibc

/// A program that a benchmark runs to its end.
enum Tool {
    /// Where a program is; `nil` where it is not installed.
    static func find(_ name: String, in folders: [String] = []) -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in folders + path.split(separator: ":").map(String.init) + ["/usr/sbin"] {
            let file = URL(filePath: folder).appending(path: name)
            if FileManager.default.isExecutableFile(atPath: file.path) { return file }
        }
        return nil
    }

    /// Runs a program and returns what it wrote.
    ///
    /// - Throws: ``BenchmarkFailure`` where it is missing or ends with anything but 0.
    @discardableResult
    static func run(_ name: String, _ arguments: [String]) throws -> String {
        guard let program = Self.find(name) else {
            throw BenchmarkFailure("\(name) is not installed; `make bench` installs it")
        }
        let output = Pipe()
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkFailure("\(name) failed with \(process.terminationStatus): \(text.suffix(500))")
        }
        return text
    }

    /// How long a program takes, started by the kernel and waited for by it, without anything around it.
    ///
    /// What it writes goes nowhere. `Process` is not asked, as it takes tens of milliseconds to see an end.
    ///
    /// - Returns: Seconds.
    /// - Throws: ``BenchmarkFailure`` where it is missing or ends with anything but 0.
    static func time(_ name: String, _ arguments: [String]) throws -> Double {
        guard let program = Self.find(name)?.path else {
            throw BenchmarkFailure("\(name) is not installed; `make bench` installs it")
        }
        let line: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            for text in line { free(text) }
        }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var (process, status) = (pid_t(), CInt())
        let start = ContinuousClock.now
        let code = posix_spawn(&process, program, &actions, nil, line, environ)
        guard code == 0, waitpid(process, &status, 0) == process, status == 0 else {
            throw BenchmarkFailure("\(name) could not be started or failed: \(code), \(status)")
        }
        return (ContinuousClock.now - start) / .seconds(1)
    }
}
