import Foundation
import PurserTestSupport
import SystemPackage
import Testing

/// The programs under `Examples/`, which the README shows, run and say what they should.
@Suite(.timeLimit(.minutes(1))) struct ExampleTests {
    private static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func source(_ example: String) throws -> String {
        let file = Self.repository.appending(path: "Examples/\(example)/main.swift")
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// Runs a built example in a folder.
    private static func run(_ example: String, in folder: FilePath) throws -> [String] {
        let process = Process()
        // Beside the test bundle, as both are products of one build.
        process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: example)
        process.currentDirectoryURL = URL(filePath: folder.string)
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.string]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func helloStoresAndReads() throws {
        try withTemporaryFolder { folder in
            let lines = ["letters/hello.txt has 13 bytes", "Hello, world!"]
            for _ in 1...2 {
                let output = try Self.run("Hello", in: folder)
                #expect(output == lines)
                #expect(FileManager.default.fileExists(atPath: folder.appending("storage/catalog.sqlite").string))
            }
        }
    }

    @Test func wordCountShowsItsProgress() throws {
        try withTemporaryFolder { folder in
            let lines = try Self.run("WordCount", in: folder)
            #expect(lines.last == "3 words")
            #expect(lines.dropLast().last == "succeeded 1.0")
        }
    }

    @Test func theReadmeShowsTheExamplesAsTheyAre() throws {
        let readme = try String(contentsOf: Self.repository.appending(path: "README.md"), encoding: .utf8)
        let blocks = readme.components(separatedBy: "```swift\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        let programs = blocks.filter { $0.contains("import Purser\n") }
        #expect(programs == [try Self.source("Hello"), try Self.source("WordCount")])
        #expect(try Self.source("Hello").split(separator: "\n").count == 10)
    }
}
