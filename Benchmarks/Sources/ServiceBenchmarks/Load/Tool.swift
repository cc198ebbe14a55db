import Foundation

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
}
