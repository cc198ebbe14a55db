import Foundation
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserProcessing

/// Files that a step's arguments and environment name belong to what tells its results apart.
struct NamedFilesTests {
    /// A step whose settings are to name the file.
    private static func settings(_ way: String, _ path: String) -> [String: StepValue] {
        switch way {
        case "argument": ["arguments": .list([.string(path), "{input}"])]
        case "option": ["arguments": .list([.string("--file=\(path)")])]
        default: ["environment": .object(["CONFIG": .string(path)])]
        }
    }

    private static func identity(_ way: String, _ path: String) throws -> String {
        try #require(try execStep(["program": "sh"], Self.settings(way, path)).cacheIdentity)
    }

    @Test(arguments: ["argument", "option", "environment"])
    func whatStandsInAFileTellsResultsApart(_ way: String) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("script").string
            let absent = try Self.identity(way, path)
            try Data("echo one".utf8).write(to: URL(filePath: path))
            let first = try Self.identity(way, path)
            #expect(first != absent)
            // The same bytes at another time, in another file.
            try FileManager.default.removeItem(atPath: path)
            try Data("echo one".utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1)],
                ofItemAtPath: path
            )
            #expect(try Self.identity(way, path) == first)
            try Data("echo two".utf8).write(to: URL(filePath: path))
            #expect(try Self.identity(way, path) != first)
        }
    }

    @Test func aStepSeesTheChangeThatComesAfterIt() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("script").string
            try Data("echo one".utf8).write(to: URL(filePath: path))
            let step = try execStep(["program": "sh"], Self.settings("argument", path))
            let first = step.cacheIdentity
            #expect(first != nil && step.cacheIdentity == first)
            // Of the same length, and made to look as old.
            let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            try Data("echo two".utf8).write(to: URL(filePath: path))
            let old: [FileAttributeKey: Any] = [.modificationDate: try #require(date)]
            try FileManager.default.setAttributes(old, ofItemAtPath: path)
            #expect(step.cacheIdentity != first)
        }
    }

    @Test func aFileThatTheProgramMayWriteIsNotAskedFor() throws {
        try withTemporaryFolder { folder in
            let (script, log) = (folder.appending("script").string, folder.appending("log").string)
            try Data("echo one".utf8).write(to: URL(filePath: script))
            let arguments: StepValue = .list([.string("-e"), .string(script), "{input}", .string(log)])
            let step = try execStep(["program": "sh"], ["arguments": arguments])
            let first = step.cacheIdentity
            try Data("began".utf8).write(to: URL(filePath: log))
            #expect(step.cacheIdentity == first)
            try Data("echo two".utf8).write(to: URL(filePath: script))
            #expect(step.cacheIdentity != first)
        }
    }

    @Test func aLinkIsWhatItLeadsTo() throws {
        try withTemporaryFolder { folder in
            let (path, link) = (folder.appending("script").string, folder.appending("link").string)
            try Data("echo one".utf8).write(to: URL(filePath: path))
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            let first = try Self.identity("argument", link)
            try Data("echo two".utf8).write(to: URL(filePath: path))
            #expect(try Self.identity("argument", link) != first)
        }
    }

    @Test func aLargeFileIsToldByItsSizeAndTime() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("model").string
            try Data(count: 2 << 20).write(to: URL(filePath: path))
            let first = try Self.identity("argument", path)
            #expect(try Self.identity("argument", path) == first)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1)],
                ofItemAtPath: path
            )
            #expect(try Self.identity("argument", path) != first)
        }
    }

    @Test func whatNamesNoFileIsLeftOut() throws {
        try withTemporaryFolder { folder in
            let inner = folder.appending("inner").string
            for text in [folder.string, "/nowhere/at/all", "text of \(inner)", "inner", "x=\(inner)"] {
                let before = try Self.identity("argument", text)
                try Data("one".utf8).write(to: URL(filePath: inner))
                #expect(try Self.identity("argument", text) == before, "\(text)")
                try FileManager.default.removeItem(atPath: inner)
            }
            #expect(
                try execStep(["program": "sh"], ["cache": false, "arguments": .list([.string(inner)])]).cacheIdentity
                    == nil
            )
        }
    }

    /// It read the script when it began; new results under the new script's name would be those of the old one.
    @Test func aProgramThatStaysKeepsWhatItBeganWith() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("script").string
            try Data("one".utf8).write(to: URL(filePath: path))
            let settings: [String: StepValue] = ["persistent": true, "arguments": .list([.string(path)])]
            let step = try execStep(["program": "sh"], settings)
            let first = step.cacheIdentity
            try Data("two".utf8).write(to: URL(filePath: path))
            #expect(step.cacheIdentity == first)
            #expect(try execStep(["program": "sh"], settings).cacheIdentity != first)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aFileIsProcessedAnewWhenTheScriptHasChanged() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            let script = fixture.work.folder.appending("script.sh").string
            let settings: [String: StepValue] = [
                "arguments": .list([.string(script), "{input}"]), "values": "json",
            ]
            let step = PipelineStep(name: "run", uses: "exec", work: try execStep(["program": "sh"], settings))
            let input = try fixture.work.input()
            func run() async throws -> FileOutcome {
                try await fixture.work.run(.test(step), input, cache: cache, clock: ContinuousClock())
            }
            try Data(#"echo '{"n":1}'"#.utf8).write(to: URL(filePath: script))
            let first = try await run()
            let second = try await run()
            #expect(first.step("run")?.values == ["n": 1] && !first.isCached)
            #expect(second.step("run")?.values == ["n": 1] && second.isCached)
            try Data(#"echo '{"n":2}'"#.utf8).write(to: URL(filePath: script))
            let third = try await run()
            #expect(third.step("run")?.values == ["n": 2] && !third.isCached)
        }
    }
}
