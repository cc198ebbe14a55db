import ArgumentParser
import Foundation
import Purser
import Testing

@testable import PurserCLI

/// `purser process`, `purser jobs` and `purser pipelines` against a real server.
@Suite("Processing", .timeLimit(.minutes(2)))
struct ProcessCommandTests {
    /// - Returns: The document that was written last.
    private func document(_ captured: CapturedConsole) throws -> [String: Any] {
        let line = try #require(captured.output.split(separator: "\n").last)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func localFilesAreStoredFirstAndSentOnce() async throws {
        try await LiveService.run(.remote, TestPipelines.add) { live in
            let (session, captured) = try live.session()
            let paths = ["a.txt", "b ü.txt"].map { live.folder.appending($0) }
            for path in paths { try path.write("content of \(path)") }
            let arguments = ["copy", "--wait"] + paths.map(\.string)
            try await ProcessCommand.parse(arguments).run(in: session)
            #expect(captured.output == "2 of 2 files; 2 results\n")
            let names = try live.manager.list(ListRequest(bucket: .default)).files
            #expect(
                names.map(\.key.text) == [
                    ".derived/copy/uploads/a.txt/copy", ".derived/copy/uploads/b ü.txt/copy", "uploads/a.txt",
                    "uploads/b ü.txt",
                ]
            )
            #expect(names[0].blob == names[2].blob)

            let (again, document) = try live.session(isJSON: true)
            try await ProcessCommand.parse(arguments).run(in: again)
            let files = try self.document(document)["files"] as? [String: Any]
            #expect(files?["cached"] as? Int == 2)
            let now = try live.manager.list(ListRequest(bucket: .default)).files
            #expect(now[2].modifiedAt == names[2].modifiedAt, "what is there is not sent again")
        }
    }

    @Test func eachFileThatFailsHasALine() async throws {
        try await LiveService.run(.remote, TestPipelines.add) { live in
            let (session, captured) = try live.session()
            for (key, text) in [("good", "xgood"), ("bad", "no"), ("worse", "none")] {
                try await live.manager.upload(to: "default", key: key, bytes: Array(text.utf8))
            }
            let command = try ProcessCommand.parse(["pick", "--wait", "good", "bad", "worse"])
            await #expect(throws: FailedTransfers(count: 2)) { try await command.run(in: session) }
            #expect(captured.output == "1 of 3 files, 2 failed; 0 results\n")
            let lines = captured.diagnostics.split(separator: "\n").filter { $0.hasPrefix("purser: ") }
            #expect(lines.map { $0.prefix(14) }.sorted() == ["purser: bad: '", "purser: worse:"])
            #expect(lines.allSatisfy { $0.hasSuffix("(tool_failed)") && $0.contains("(step pick)") })

            let (machine, document) = try live.session(isJSON: true)
            await #expect(throws: FailedTransfers(count: 2)) { try await command.run(in: machine) }
            let failed = try self.document(document)["failed"] as? [[String: Any]]
            #expect(failed?.compactMap { $0["name"] as? String } == ["bad", "worse"])
        }
    }

    @Test func nothingIsSentWhereNothingCanBeDone() async throws {
        try await LiveService.run(.remote, TestPipelines.add) { live in
            let (session, _) = try live.session()
            let path = live.folder.appending("a.txt")
            try path.write("content")
            let wrong: [(arguments: [String], code: String?)] = [
                (["none", path.string], "pipeline_not_found"), (["missing", path.string], "pipeline_unavailable"),
                (["copy", path.string, "--parameter", "x=1"], nil),
                (["copy", path.string, "not there"], "file_not_found"),
                (["copy", path.string, live.folder.string], nil), (["copy", "--keys", path.string], "file_not_found"),
                (["copy", "--prefix", "nothing/", "--plan"], "file_not_found"),
            ]
            for (arguments, code) in wrong {
                let command = try ProcessCommand.parse(arguments)
                let error = await #expect(throws: CommandError.self, "\(arguments)") {
                    try await command.run(in: session)
                }
                #expect(error?.code == code, "\(arguments)")
            }
            #expect(try live.manager.list(ListRequest(bucket: .default)).files.isEmpty)
        }
    }

    @Test func aPlanDoesNothing() async throws {
        try await LiveService.run(.remote, TestPipelines.add) { live in
            let (session, captured) = try live.session()
            let path = live.folder.appending("a.txt")
            try path.write("content")
            try await ProcessCommand.parse(["copy", "--plan", path.string]).run(in: session)
            #expect(captured.output.hasPrefix("1 file, 7 B\n1 at a time, in batches of 1\n  "))
            #expect(try live.manager.list(ListRequest(bucket: .default)).files.isEmpty)
            #expect(try live.manager.processingJobs().isEmpty)
        }
    }

    @Test func aServerGoesOnByItself() async throws {
        try await LiveService.run(.remote, TestPipelines.add) { live in
            let (session, captured) = try live.session()
            try await live.manager.upload(to: "default", key: "in/a", bytes: [1])
            try await ProcessCommand.parse(["copy", "--prefix", "in/", "--priority", "background"]).run(in: session)
            let id = try #require(captured.output.split(separator: "\n").first).description
            for try await _ in try live.manager.processingUpdates(of: id) {}
            #expect(try live.manager.processingJob(id).priority == .background)
            #expect(try await live.service.file(FilePlace(".derived/copy/in/a/copy")).size == 1)
        }
    }

    @Test func jobsAreShown() async throws {
        try await LiveService.run(.remote, TestPipelines.add) { live in
            let (session, captured) = try live.session()
            for (key, text) in [("good", "xgood"), ("bad", "no")] {
                try await live.manager.upload(to: "default", key: key, bytes: Array(text.utf8))
            }
            let failing = try ProcessCommand.parse(["pick", "--wait", "good", "bad"])
            await #expect(throws: FailedTransfers.self) { try await failing.run(in: session) }
            let job = try live.manager.processingJobs().first
            let id = try #require(job).id
            try await JobListCommand.parse(["--state", "succeeded"]).run(in: session)
            #expect(captured.output.contains("\(id)  "))
            try await JobShowCommand.parse([id]).run(in: session)
            #expect(captured.output.contains("files     1 of 2 files, 1 failed"))
            try await JobHistoryCommand.parse([id]).run(in: session)
            #expect(captured.output.contains("Z  queued"))
            let (report, text) = try live.session()
            try await JobReportCommand.parse([id]).run(in: report)
            #expect(text.output.contains("succeeded    ") && text.output.contains("failed       "))
            #expect(text.output.contains("(tool_failed)"))
            let (short, failures) = try live.session()
            try await JobReportCommand.parse(["--failed", id]).run(in: short)
            #expect(failures.output.contains("  bad") && !failures.output.contains("  good"))
            let (machine, document) = try live.session(isJSON: true)
            try await JobReportCommand.parse([id]).run(in: machine)
            let items = try self.document(document)["items"] as? [Any]
            #expect(items?.count == 2)
            let cancel = try JobCancelCommand.parse([id])
            let error = await #expect(throws: CommandError.self) { try await cancel.run(in: session) }
            #expect(error?.code == "job_ended")
        }
    }

    @Test func pipelinesAreShown() async throws {
        try await LiveService.run(.remote, TestPipelines.add) { live in
            let (session, captured) = try live.session()
            try await PipelinesCommand.parse([]).run(in: session)
            #expect(captured.output.contains("A copy of each file"))
            #expect(captured.output.contains("unavailable") && captured.output.contains("no-such-package"))
            try await PipelinesCommand.parse(["pick"]).run(in: session)
            #expect(
                captured.output.contains("parameter word (string)") && captured.output.contains("step      pick (exec)")
            )
            let (machine, document) = try live.session(isJSON: true)
            try await PipelinesCommand.parse(["copy"]).run(in: machine)
            let name = try self.document(document)["name"] as? String
            #expect(name == "copy")
        }
    }

    @Test func resultsAreTakenIntoMemory() async throws {
        try await LiveService.run(.remote, TestPipelines.add) { live in
            let (session, captured) = try live.session()
            try await live.manager.upload(to: "default", key: "in/a", bytes: [1])
            try await ProcessCommand.parse(["copy", "--wait", "in/a"]).run(in: session)
            try await JobWarmCommand.parse(["copy", "in/"]).run(in: session)
            #expect(captured.output.hasSuffix("1 results are in memory\n"))
        }
    }

    @Test(arguments: [
        ["process", "copy"], ["process"], ["process", "copy", "a", "--prefix", "b"], ["process", "copy", ""],
        ["process", "copy", "a", "--priority", "urgent"], ["process", "copy", "a", "--timeout", "soon"],
        ["process", "copy", "a", "--parameter", "x"], ["process", "copy", "--prefix", "a", "--keys"],
        ["jobs", "show"], ["jobs", "show", ""], ["jobs", "list", "--state", "dancing"], ["jobs", "warm", "copy"],
    ])
    func whatMakesNoSenseIsAUsageError(_ arguments: [String]) {
        #expect {
            _ = try PurserCommand.parseAsRoot(ArgumentOrder.normalized(arguments))
        } throws: { error in
            PurserCommand.exitCode(for: error) == .validationFailure
        }
    }
}
