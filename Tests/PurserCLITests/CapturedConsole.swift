import Foundation
import Synchronization
import SystemPackage

@testable import PurserCLI

/// A console that keeps what is said.
final class CapturedConsole: Sendable {
    let console: Console
    private let text: Text

    private final class Text: Sendable {
        let output = Mutex<[UInt8]>([])
        let diagnostics = Mutex<[UInt8]>([])
    }

    init(style: Console.Style) {
        let text = Text()
        self.text = text
        self.console = Console(
            style: style,
            output: { bytes in text.output.withLock { $0 += bytes } },
            diagnostics: { bytes in text.diagnostics.withLock { $0 += bytes } }
        )
    }

    /// What went to standard output.
    var output: String { self.text.output.withLock { String(decoding: $0, as: UTF8.self) } }
    /// What went to standard error.
    var diagnostics: String { self.text.diagnostics.withLock { String(decoding: $0, as: UTF8.self) } }
}

extension Console {
    static func captured(_ style: Console.Style = Console.Style()) -> CapturedConsole {
        CapturedConsole(style: style)
    }
}

/// Runs a test in a folder of its own, without links in its path.
func withTemporaryFolder<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
    let path = FilePath(FileManager.default.temporaryDirectory.path).appending("purser-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    defer {
        // Left over where it fails; the system empties its temporary folder.
        try? FileManager.default.removeItem(atPath: path.string)
    }
    return try await body(try RealPath.of(path))
}

extension FilePath {
    /// Writes a file, making the folders above it.
    func write(_ text: String) throws {
        try FileManager.default.createDirectory(
            atPath: self.removingLastComponent().string,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: self.string))
    }

    /// Reads a file.
    func read() throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: self.string)), as: UTF8.self)
    }

    /// Names in a folder and below, in order.
    func names() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: self.string).sorted()
    }
}
