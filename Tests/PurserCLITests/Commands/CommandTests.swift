import ArgumentParser
import Foundation
import Purser
import SystemPackage
import Testing

@testable import PurserCLI

/// Commands against a real server.
@Suite("Commands", .timeLimit(.minutes(1)))
struct CommandTests {
    @Test func aFolderComesBackAsItWent() async throws {
        try await LiveService.run(.remote) { live in
            let source = live.folder.appending("source")
            for name in ["a", "b/c", "b/d e/ü", "empty"] {
                try source.appending(FilePath(name).components).write(name == "empty" ? "" : "content of \(name)")
            }
            let (session, captured) = try live.session()
            try await PutCommand.parse(["-r", source.string, "kept"]).run(in: session)
            let target = live.folder.appending("target")
            try await GetCommand.parse(["-r", "kept", target.string]).run(in: session)
            #expect(try target.names() == source.names())
            #expect(try target.appending("b").appending("c").read() == "content of b/c")
            #expect(captured.output.contains("stored 4 files"))
            #expect(captured.output.contains("fetched 4 files"))
        }
    }

    @Test func hostileKeysStayWithinTheFolder() async throws {
        try await LiveService.run(.remote) { live in
            let (session, captured) = try live.session(isJSON: true)
            let path = live.folder.appending("file")
            try path.write("content")
            for key in ["../up", "x/../../up", "ok", "/root", "sub/./x", "sub/ok"] {
                try await PutCommand.parse([path.string, key]).run(in: session)
            }
            let inside = live.folder.appending("inside")
            let command = try GetCommand.parse(["-r", "", inside.string])
            await #expect(throws: FailedTransfers(count: 4)) { try await command.run(in: session) }
            #expect(try inside.names() == ["ok", "sub", "sub/ok"])
            #expect(
                try Set(live.folder.names().filter { !$0.hasPrefix("storage") && !$0.hasPrefix("inside") }) == ["file"]
            )
            #expect(captured.diagnostics.contains("cannot be a path"))
        }
    }

    @Test func theRestIsRemovedWhenOneFails() async throws {
        try await LiveService.run(.remote) { live in
            try await live.manager.upload(to: "default", key: "a", bytes: [1])
            try await live.manager.upload(to: "default", key: "b", bytes: [2])
            let (session, captured) = try live.session(isJSON: true)
            let command = try RemoveCommand.parse(["a", "nothing", "b"])
            await #expect(throws: FailedTransfers(count: 1)) { try await command.run(in: session) }
            #expect(captured.output.contains(#""removed":["a","b"]"#))
            #expect(captured.diagnostics.contains("\"code\":\"file_not_found\""))
        }
    }

    @Test func listsShowOneLevelUnlessAsked() async throws {
        try await LiveService.run(.remote) { live in
            for key in ["a/x", "a/y", "b"] { try await live.manager.upload(to: "default", key: key, bytes: [1]) }
            let (session, captured) = try live.session()
            try await ListCommand.parse([]).run(in: session)
            try await ListCommand.parse(["-r"]).run(in: session)
            #expect(captured.output == "a/\nb\na/x\na/y\nb\n")
            let (machine, document) = try live.session(isJSON: true)
            try await ListCommand.parse([]).run(in: machine)
            let object = try JSONSerialization.jsonObject(with: Data(document.output.utf8)) as? [String: Any]
            #expect((object?["files"] as? [Any])?.count == 1)
            #expect(object?["prefixes"] as? [String] == ["a/"])
        }
    }

    @Test func anEmptyListIsADocumentToo() async throws {
        try await LiveService.run(.remote) { live in
            let (session, captured) = try live.session(isJSON: true)
            try await ListCommand.parse([]).run(in: session)
            let object = try JSONSerialization.jsonObject(with: Data(captured.output.utf8)) as? [String: Any]
            #expect((object?["files"] as? [Any])?.isEmpty == true)
        }
    }

    @Test func operationsAreShownAndFollowed() async throws {
        try await LiveService.run(.remote) { live in
            let stored = try await live.manager.upload(to: "default", key: "report", bytes: [1, 2, 3])
            let (session, captured) = try live.session()
            try await OperationListCommand.parse(["--state", "succeeded"]).run(in: session)
            try await OperationShowCommand.parse([stored.operationID.description]).run(in: session)
            try await OperationWatchCommand.parse([stored.operationID.description]).run(in: session)
            #expect(captured.output.components(separatedBy: stored.operationID.description).count == 4)
            #expect(captured.output.contains("default/report"))
            let cancel = try OperationCancelCommand.parse([stored.operationID.description])
            let error = await #expect(throws: CommandError.self) { try await cancel.run(in: session) }
            #expect(error?.code == "operation_ended")
        }
    }

    @Test func withoutAServerTheStoreIsOpened() async throws {
        try await withTemporaryFolder { folder in
            let storage = folder.appending("storage")
            let captured = Console.captured()
            let options = try CommonOptions.parse(["--storage", storage.string, "--set", "storage.free_space_floor=0B"])
            let session = Session(options: options, console: captured.console, environment: [:])
            let list = try ListCommand.parse([])
            let error = await #expect(throws: CommandError.self) { try await list.run(in: session) }
            #expect(error?.code == "not_a_store")
            #expect(try folder.names() == [], "looking makes no store")

            try folder.appending("a").write("content")
            try await PutCommand.parse([folder.appending("a").string]).run(in: session)
            try await list.run(in: session)
            try await GetCommand.parse(["a", folder.appending("b").string]).run(in: session)
            #expect(try folder.appending("b").read() == "content")
            #expect(captured.output.contains("a\n"))
        }
    }
}
