import Foundation
import Logging
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ToolboxTests {
    @Test func aProgramIsFoundWithItsVersion() async throws {
        try await withTemporaryFolder { folder in
            let toolbox = Self.toolbox([folder.string])
            try Self.write("echo 'thing 1.2'", to: folder)
            let found = try await toolbox.find(Tool("thing"))
            #expect(found.path == folder.appending("thing").string)
            #expect(found.version == "thing 1.2")
        }
    }

    @Test func aVersionOnStandardErrorCounts() async throws {
        try await withTemporaryFolder { folder in
            let toolbox = Self.toolbox([folder.string])
            try Self.write("[ \"$1\" = -v ] && echo 'thing 3' >&2; exit 99", to: folder)
            let found = try await toolbox.find(Tool("thing", versionArguments: ["-v"]))
            #expect(found.version == "thing 3")
        }
    }

    @Test func aReplacedProgramIsAskedAgain() async throws {
        try await withTemporaryFolder { folder in
            let toolbox = Self.toolbox([folder.string])
            try Self.write("echo one", to: folder)
            let first = try await toolbox.find(Tool("thing"))
            try Self.write("echo other", to: folder)
            let second = try await toolbox.find(Tool("thing"))
            #expect([first.version, second.version] == ["one", "other"])
        }
    }

    @Test func aProgramThatSaysNothingIsToldByItsFile() async throws {
        try await withTemporaryFolder { folder in
            let toolbox = Self.toolbox([folder.string], versionLimit: .milliseconds(200))
            try Self.write("sleep 1000", to: folder)
            let found = try await toolbox.find(Tool("thing"))
            #expect(found.version.hasPrefix("file of "))
            #expect(Traces.processes(with: folder.string) == [])
        }
    }

    @Test func whatIsMissingIsFoundOnceItIsInstalled() async throws {
        try await withTemporaryFolder { folder in
            let toolbox = Self.toolbox([folder.string])
            let tools = [Tool("thing"), Tool("other"), Tool("../thing"), Tool("")]
            #expect(toolbox.missing(of: tools) == tools)
            await #expect(throws: StepFailure.self) { try await toolbox.find(Tool("thing")) }
            try Self.write("echo 1", to: folder)
            #expect(toolbox.missing(of: tools).map(\.program) == ["other", "../thing", ""])
            _ = try await toolbox.find(Tool("thing"))
        }
    }

    private static func toolbox(_ path: [String], versionLimit: Duration = .seconds(30)) -> Toolbox {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Toolbox(path: path + ["/usr/bin", "/bin"], versionLimit: versionLimit, logger: logger)
    }

    /// Replaces the script at once, so that nothing is being written while it runs.
    private static func write(_ script: String, to folder: FilePath) throws {
        let path = folder.appending("new").string
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        _ = rename(path, folder.appending("thing").string)
    }
}
