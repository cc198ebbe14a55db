import ArgumentParser
import Foundation
import Purser
import SystemPackage
import Testing

@testable import PurserCLI

/// Where there is no server, and where an export cannot be written.
@Suite("Monitoring that fails", .timeLimit(.minutes(1)))
struct MonitorFailureTests {
    @Test func withoutAServerTheUserIsToldWhatToDo() async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("a").write("content")
            let put = ["put", "a", "--storage", "store", "--set", "storage.free_space_floor=0B"]
            #expect(try await Program.run(put, in: folder).status == 0)
            for arguments in [["metrics"], ["metrics", "-o", "x"], ["metrics", "--watch"], ["alerts"], ["errors"]] {
                let outcome = try await Program.run(arguments + ["--storage", "store"], in: folder)
                #expect(outcome.status == 1, "\(arguments)")
                #expect(outcome.output == "", "\(arguments)")
                #expect(outcome.diagnostics.contains("start one with 'purser serve'"), "\(arguments)")
                #expect(outcome.diagnostics.contains("(server_unreachable)"), "\(arguments)")
            }
            #expect(try self.visible(folder) == ["a", "store"])
        }
    }

    private func visible(_ folder: FilePath) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.string).filter { !$0.hasPrefix(".run-") }.sorted()
    }

    @Test(arguments: MetricsFormat.allCases)
    func anExportThatCannotBeWrittenLeavesNothing(_ format: MetricsFormat) async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("kept").write("what was there before")
            try folder.appending("folder").appending("file").write("")
            try await ServerProgram.serve(folder.appending("store"), in: folder) { server in
                let runs: [(target: String, shell: String?, words: String)] = [
                    ("missing/x", nil, "missing/x cannot be written: No such file or directory"),
                    ("folder", nil, "folder cannot be written: it is a folder"),
                    ("folder/file/x", nil, "folder/file/x cannot be written: Not a directory"),
                    ("/dev/full", nil, "the output cannot be written: No space left on device"),
                    (
                        "kept", #"exec env --default-signal=XFSZ prlimit --fsize=100 "$0" "$@""#,
                        "kept cannot be written: File too large"
                    ),
                ]
                for run in runs {
                    let outcome = try await Program.run(
                        ["metrics", "-o", run.target, "--format", format.rawValue, "--server", server.url],
                        in: folder,
                        shell: run.shell
                    )
                    #expect(outcome.status == 1, "\(run.target)")
                    #expect(outcome.output == "", "\(run.target)")
                    #expect(outcome.diagnostics.contains(run.words), "\(outcome.diagnostics)")
                }
                #expect(try folder.appending("kept").read() == "what was there before")
                #expect(try self.visible(folder) == ["folder", "kept", "store"])
                #expect(try folder.appending("folder").names() == ["file"])
            }
        }
    }
}
