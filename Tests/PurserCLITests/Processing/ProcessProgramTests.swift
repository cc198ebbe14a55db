import Foundation
import SystemPackage
import Testing

@testable import PurserCLI

/// `purser process` as a process of its own, on a store that no server holds and against a server.
@Suite("The program that processes", .timeLimit(.minutes(2)))
struct ProcessProgramTests {
    private func pipelines(in folder: FilePath) throws -> [String] {
        let pipelines = folder.appending("pipelines")
        try pipelines.appending("copy.yaml").write(TestPipelines.copy)
        try pipelines.appending("pick.yaml").write(TestPipelines.pick)
        let fifo = folder.appending("begun")
        try pipelines.appending("hold.yaml").write(
            """
            name: hold
            version: "1"
            steps:
              - name: hold
                uses: exec
                with: {program: sh, arguments: ["-c", "echo $$ >'\(fifo)'; exec sleep 3600"]}
                timeout: 2h
            """
        )
        return [
            "--storage", folder.appending("store").string, "--set", "processing.pipelines=\(pipelines)", "--set",
            "storage.free_space_floor=0B", "--set", "optimizer.on_low_space=false",
        ]
    }

    @Test func aStoreWithoutAServerIsProcessed() async throws {
        try await withTemporaryFolder { folder in
            let options = try self.pipelines(in: folder)
            try folder.appending("a.txt").write("xgood")
            try folder.appending("b.txt").write("bad")
            let copied = try await Program.run(["process", "copy", "a.txt", "b.txt"] + options, in: folder)
            #expect(copied.status == 0, "\(copied.diagnostics)")
            #expect(copied.output == "2 of 2 files; 2 results\n")
            let listed = try await Program.run(["ls", "-r", ".derived/"] + options, in: folder)
            #expect(
                listed.output == ".derived/copy/uploads/a.txt/copy\n.derived/copy/uploads/b.txt/copy\n"
            )
            let picked = try await Program.run(["process", "pick", "a.txt", "b.txt"] + options, in: folder)
            #expect(picked.status == 1)
            #expect(picked.diagnostics.contains("purser: uploads/b.txt: "))
            let jobs = try await Program.run(["jobs"] + options, in: folder)
            #expect(jobs.output.split(separator: "\n").count == 2)
        }
    }

    @Test(arguments: [false, true])
    func controlCCancelsTheJobAndItsProgram(_ hasServer: Bool) async throws {
        try await withTemporaryFolder { folder in
            let options = try self.pipelines(in: folder)
            let fifo = folder.appending("begun").string
            try #require(mkfifo(fifo, 0o600) == 0)
            try folder.appending("a.txt").write("content")
            try await self.serving(hasServer, options, in: folder) { way in
                let program = try Program(["process", "hold", "--wait", "a.txt"] + way, in: folder)
                // Opening waits for the one who writes: then the program of the step runs.
                let line = await Self.line(of: fifo)
                let pid = try #require(Int32(line.trimmingCharacters(in: .newlines)))
                #expect(kill(pid, 0) == 0)
                program.signal(SIGINT)
                let outcome = try await program.outcome()
                #expect(outcome.status == 130, "\(outcome.diagnostics)")
                while kill(pid, 0) == 0 { await Task.yield() }
                let jobs = try await Program.run(["jobs", "--json"] + way, in: folder)
                let list = try JSONDecoder().decode(Jobs.self, from: Data(jobs.output.utf8))
                #expect(list.jobs.map(\.state) == ["cancelled"])
            }
        }
    }

    private struct Jobs: Decodable {
        struct Job: Decodable {
            var state: String
        }

        var jobs: [Job]
    }

    /// Runs the body with the options that lead to a server, or to the store itself.
    private func serving(
        _ hasServer: Bool,
        _ options: [String],
        in folder: FilePath,
        _ body: ([String]) async throws -> Void
    ) async throws {
        guard hasServer else { return try await body(options) }
        let output = Pipe()
        let server = try Program(["serve", "--port", "0"] + options, in: folder, output: output)
        defer { server.signal(SIGKILL) }
        var ready = ""
        while !ready.hasSuffix("\n"), let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            ready += String(decoding: byte, as: UTF8.self)
        }
        try #require(ready.hasPrefix("ready http://"))
        try await body(["--server", String(ready.dropFirst("ready ".count).dropLast())])
    }

    /// All that comes through a pipe, read on a thread of its own.
    private static func line(of fifo: String) async -> String {
        await withCheckedContinuation { continuation in
            Thread {
                let data = try? FileHandle(forReadingAtPath: fifo)?.readToEnd()
                continuation.resume(returning: String(decoding: data ?? Data(), as: UTF8.self))
            }.start()
        }
    }
}
