import ArgumentParser
import Foundation
import Purser
import SystemPackage
import Testing

@testable import PurserCLI

/// Folders against a real server.
@Suite("Transfers of folders", .timeLimit(.minutes(1)))
struct FolderTransferTests {
    private func report(_ captured: CapturedConsole) throws -> [String: Any] {
        let line = try #require(captured.output.split(separator: "\n").last)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    private func put(_ arguments: [String], _ live: LiveService) async throws -> [String: Any] {
        let (session, captured) = try live.session(isJSON: true)
        try await PutCommand.parse(arguments).run(in: session)
        return try self.report(captured)
    }

    private func get(_ arguments: [String], _ live: LiveService) async throws -> [String: Any] {
        let (session, captured) = try live.session(isJSON: true)
        try await GetCommand.parse(arguments).run(in: session)
        return try self.report(captured)
    }

    @Test func aSecondRunStoresWhatIsMissingOrDiffers() async throws {
        try await LiveService.run(.remote) { live in
            let source = live.folder.appending("source")
            for name in ["same", "longer", "other", "removed"] { try source.appending(name).write(name) }
            let first = try await self.put(["-r", source.string, "kept"], live)
            #expect(first["files"] as? Int == 4)

            try source.appending("longer").write("longer than it was")
            try source.appending("other").write("OTHER")
            try source.appending("new").write("new")
            try await live.manager.delete(from: .default, key: FileKey("kept/removed"))
            let uploads = { live.manager.operations.list(kind: .upload, limit: 1000).snapshots.count }
            let before = uploads()
            let second = try await self.put(["-r", source.string, "kept"], live)
            #expect(second["files"] as? Int == 4)
            #expect(second["unchanged"] as? Int == 1)
            #expect(uploads() == before + 4, "nothing was sent of the same one")

            let third = try await self.put(["-r", "--no-checksum", source.string, "kept"], live)
            #expect(third["files"] as? Int == 5)
            #expect(third["unchanged"] as? Int == 0)
        }
    }

    @Test func otherMetadataIsAReasonToStoreAgain() async throws {
        try await LiveService.run(.remote) { live in
            let source = live.folder.appending("source")
            try source.appending("a").write("content")
            _ = try await self.put(["-r", source.string], live)
            let typed = try await self.put(["-r", source.string, "--content-type", "text/x-test"], live)
            #expect(typed["files"] as? Int == 1)
            let marked = try await self.put(["-r", source.string, "--meta", "by=me"], live)
            #expect(marked["files"] as? Int == 1)
            let again = try await self.put(["-r", source.string, "--meta", "by=me"], live)
            #expect(again["unchanged"] as? Int == 1)
        }
    }

    @Test func aSecondRunFetchesWhatIsMissingOrDiffers() async throws {
        try await LiveService.run(.remote) { live in
            for name in ["same", "other", "removed"] {
                try await live.manager.upload(to: "default", key: "kept/\(name)", bytes: Array(name.utf8))
            }
            let target = live.folder.appending("target")
            #expect(try await self.get(["-r", "kept", target.string], live)["files"] as? Int == 3)
            try target.appending("other").write("OTHER")
            try FileManager.default.removeItem(atPath: target.appending("removed").string)
            let second = try await self.get(["-r", "kept", target.string], live)
            #expect(second["files"] as? Int == 2)
            #expect(second["unchanged"] as? Int == 1)
            for name in ["same", "other", "removed"] { #expect(try target.appending(name).read() == name) }
            let third = try await self.get(["-r", "--no-checksum", "kept", target.string], live)
            #expect(third["files"] as? Int == 3)
        }
    }

    @Test func aSingleFileIsComparedWhenAsked() async throws {
        try await LiveService.run(.remote) { live in
            let path = live.folder.appending("a")
            try path.write("content")
            #expect(try await self.put([path.string, "k"], live)["unchanged"] as? Bool == false)
            #expect(try await self.put([path.string, "k"], live)["unchanged"] as? Bool == false)
            #expect(try await self.put(["--checksum", path.string, "k"], live)["unchanged"] as? Bool == true)
            #expect(try await self.put(["--checksum", path.string, "k2"], live)["unchanged"] as? Bool == false)
            #expect(try await self.get(["--checksum", "k", path.string], live)["unchanged"] as? Bool == true)
            try path.write("CONTENT")
            #expect(try await self.put(["--checksum", path.string, "k"], live)["unchanged"] as? Bool == false)
            try path.write("content")
            #expect(try await self.get(["--checksum", "k", path.string], live)["unchanged"] as? Bool == false)
            #expect(try path.read() == "CONTENT")
        }
    }

    @Test func whatIsExcludedIsNeitherStoredNorFetched() async throws {
        try await LiveService.run(.remote) { live in
            let source = live.folder.appending("source")
            for name in ["a.txt", "a.tmp", "cache/x", "sub/cache/y", "sub/b.txt"] {
                try source.appending(FilePath(name).components).write(name)
            }
            try FileManager.default.createSymbolicLink(
                atPath: source.appending("loose.tmp").string,
                withDestinationPath: "nowhere"
            )
            let stored = try await self.put(
                ["-r", "--exclude", "*.tmp", "--exclude", "/cache/", source.string, "k"],
                live
            )
            #expect(stored["files"] as? Int == 3)
            #expect(
                (stored["failed"] as? [Any])?.isEmpty == true,
                "a link to nowhere is no failure where it is excluded"
            )
            let page = try await live.service.list(FileQuery(bucket: .default), after: nil)
            #expect(page.files.map(\.key) == ["k/a.txt", "k/sub/b.txt", "k/sub/cache/y"])

            let target = live.folder.appending("target")
            #expect(try await self.get(["-r", "--exclude", "cache", "k", target.string], live)["files"] as? Int == 2)
            #expect(try target.names() == ["a.txt", "sub", "sub/b.txt"])
        }
    }

    @Test func failuresDoNotStopTheOthersAndAreListed() async throws {
        try await LiveService.run(.remote, { $0.resources.maxFileSize = 10 }) { live in
            let source = live.folder.appending("source")
            for name in ["a", "b", "c", "d"] { try source.appending(name).write(name) }
            for name in ["large1", "large2"] { try source.appending(name).write("more than ten bytes") }
            let (session, captured) = try live.session()
            let command = try PutCommand.parse(["-r", source.string])
            await #expect(throws: FailedTransfers(count: 2)) { try await command.run(in: session) }
            #expect(captured.output == "stored 4 files (4 B), 2 failed\n")
            let lines = captured.diagnostics.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.allSatisfy { $0.contains("large") && $0.contains("(file_too_large)") })

            let (machine, document) = try live.session(isJSON: true)
            try FileManager.default.removeItem(atPath: source.appending("large2").string)
            try FileManager.default.createSymbolicLink(
                atPath: source.appending("lost").string,
                withDestinationPath: "nowhere"
            )
            await #expect(throws: FailedTransfers(count: 2)) { try await command.run(in: machine) }
            let failed = try self.report(document)["failed"] as? [[String: Any]]
            #expect(Set(failed?.compactMap { $0["code"] as? String } ?? []) == ["failed", "file_too_large"])
        }
    }
}
