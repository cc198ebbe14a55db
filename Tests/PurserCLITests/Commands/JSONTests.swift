import ArgumentParser
import Foundation
import Purser
import SystemPackage
import Testing

@testable import PurserCLI

/// What programs read: documents on standard output, and of failures on standard error.
@Suite("Documents", .timeLimit(.minutes(1)))
struct JSONTests {
    private func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
    }

    private func error(_ text: String) throws -> [String: Any] {
        let object = try #require(try self.objects(text).last)
        return try #require(object["error"] as? [String: Any])
    }

    @Test func everyCommandAnswersWithADocument() async throws {
        try await LiveService.run(.remote) { live in
            let path = live.folder.appending("a")
            try path.write("content")
            let id = try await live.manager.upload(to: "default", key: "first", bytes: [1]).operationID.description
            let commands: [any SessionCommand] = [
                try PutCommand.parse([path.string, "k"]),
                try PutCommand.parse(["-r", live.folder.string, "x", "--exclude", "storage"]),
                try GetCommand.parse(["k", path.string]),
                try GetCommand.parse(["-r", "x", live.folder.appending("t").string]),
                try ListCommand.parse([]), try StatCommand.parse(["k"]), try CopyCommand.parse(["k", "l"]),
                try RemoveCommand.parse(["l"]), try BucketListCommand.parse([]),
                try BucketCreateCommand.parse(["backup"]),
                try BucketDeleteCommand.parse(["backup"]), try OperationListCommand.parse([]),
                try OperationShowCommand.parse([id]), try OperationWatchCommand.parse([id]),
                try MetricsShowCommand.parse([]), try MetricsSeriesCommand.parse(["response_time"]),
                try MetricsRecordCommand.parse(["ocr.pages", "12"]), try AlertListCommand.parse([]),
                try ErrorsCommand.parse([]), try ConfigShowCommand.parse([]), try ConfigCheckCommand.parse([]),
            ]
            for command in commands {
                let (session, captured) = try live.session(isJSON: true)
                try await command.run(in: session)
                let output = command is ListCommand ? captured.output.filter { $0 != "\n" } : captured.output
                #expect(try self.objects(output).count >= 1, "\(type(of: command))")
                #expect(captured.diagnostics == "", "\(type(of: command))")
            }
        }
    }

    @Test func anOperationIsShownWithItsHistory() async throws {
        try await LiveService.run(.remote) { live in
            let id = try await live.manager.upload(to: "default", key: "k", bytes: [1]).operationID.description
            let (session, captured) = try live.session(isJSON: true)
            try await OperationShowCommand.parse([id]).run(in: session)
            let object = try #require(try self.objects(captured.output).first)
            #expect(object["id"] as? String == id)
            let states = (object["history"] as? [[String: Any]])?.compactMap { $0["state"] as? String }
            #expect(states?.last == "succeeded")
        }
    }

    @Test func aFailureIsADocumentWithACode() async throws {
        try await withTemporaryFolder { folder in
            let runs: [([String], Int32, String)] = [
                (["--json", "put"], 2, "usage"), (["nonsense", "--json"], 2, "usage"),
                (["stat", "k", "--json", "--server", "http://127.0.0.1:1"], 1, "server_unreachable"),
                (["ls", "--json", "--bucket", "X"], 2, "invalid_bucket_name"),
                (["put", "missing", "--json"], 1, "failed"),
                (["config", "--json", "--set", "server.port=x"], 2, "usage"),
                (["serve", "--json", "--port", "x"], 2, "usage"),
            ]
            for (arguments, status, code) in runs {
                let outcome = try await Program.run(arguments, in: folder)
                #expect(outcome.status == status, "\(arguments)")
                #expect(outcome.output == "", "\(arguments)")
                let error = try self.error(outcome.diagnostics)
                #expect(error["code"] as? String == code, "\(arguments)")
                #expect((error["message"] as? String)?.isEmpty == false)
            }
        }
    }

    @Test func failuresOfSeveralHaveNames() async throws {
        try await LiveService.run(.remote) { live in
            let (session, captured) = try live.session(isJSON: true)
            let command = try RemoveCommand.parse(["nothing"])
            await #expect(throws: FailedTransfers(count: 1)) { try await command.run(in: session) }
            let error = try self.error(captured.diagnostics)
            #expect(error["code"] as? String == "file_not_found")
            #expect(error["name"] as? String == "default/nothing")
        }
    }

    @Test func notesAreDocumentsToo() {
        let captured = Console.captured(.init(isJSON: true))
        captured.console.note("left out")
        captured.console.end(CommandError(describing: CancellationError()))
        #expect(
            captured.diagnostics == #"{"note":"left out"}"# + "\n"
                + #"{"error":{"code":"cancelled","message":"cancelled"}}"# + "\n"
        )
    }

    @Test func aServerSaysInADocumentThatItIsReady() async throws {
        try await withTemporaryFolder { folder in
            let output = Pipe()
            let program = try Program(
                ["serve", "--json", "--storage", "store", "--port", "0", "--set", "storage.free_space_floor=0B"],
                in: folder,
                output: output
            )
            defer { program.signal(SIGKILL) }
            var line = ""
            while !line.hasSuffix("\n"), let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
                line += String(decoding: byte, as: UTF8.self)
            }
            #expect((try self.objects(line).first?["ready"] as? String)?.hasPrefix("http://127.0.0.1:") == true)
        }
    }
}
