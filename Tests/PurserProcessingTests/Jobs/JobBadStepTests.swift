import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserProcessing

/// A program that does what it should not.
struct BadProgram: Sendable, CustomTestStringConvertible {
    let name: String
    /// For the shell.
    let script: String
    /// What the pipeline says of the step.
    var limits = ""
    /// What it says under `with`.
    var with = ""
    /// With which the file fails; `nil` where it does not.
    let code: String?

    var testDescription: String { self.name }

    func pipeline() throws -> Pipeline {
        try Pipeline.read(
            """
            name: test
            version: 1
            steps:
            - name: bad
              uses: exec
              retry: {attempts: 1}
              with: {program: sh, arguments: [-c, "\(self.script)"], cache: false\(self.with)}
            \(self.limits.isEmpty ? "" : "  \(self.limits)")
            """,
            file: "test.yaml"
        )
    }
}

/// Steps whose programs do what they should not, in jobs over files of a real store.
///
/// Each ends with its error within its limits, and leaves no process, no file and no slot behind.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct JobBadStepTests {
    /// Large enough for a file of its own in the store.
    private static let content = String(repeating: "content ", count: 1_000)

    private static let programs = [
        BadProgram(name: "hangs", script: "sleep 1000", limits: "timeout: 300ms", code: "timed_out"),
        BadProgram(
            name: "ignores signals",
            script: "trap '' TERM INT HUP; while :; do sleep 1; done",
            limits: "timeout: 300ms",
            code: "timed_out"
        ),
        BadProgram(name: "works without end", script: "while :; do :; done", limits: "cpu: 1s", code: "timed_out"),
        BadProgram(
            name: "forks",
            script: "i=0; while [ $i -lt 40 ]; do sleep 1000 & i=$((i+1)); done; wait",
            limits: "processes: 10",
            code: "too_many_processes"
        ),
        BadProgram(
            name: "forks and forks",
            // No more than 500, should this fail.
            script: "f() {{ [ $1 -gt 7 ] && exec sleep 1000; f $(($1+1)) & f $(($1+1)) & wait; }}; f 0",
            // Their memory counts for each.
            limits: "processes: 40\n  memory: 8GiB",
            code: "too_many_processes"
        ),
        BadProgram(name: "leaves children", script: "setsid sleep 1000 & sleep 1000 & true", code: nil),
        BadProgram(
            name: "takes memory",
            script: "exec /usr/bin/python3 -c 'import time; held = bytes([1]) * (256 << 20); time.sleep(1000)'",
            limits: "memory: 64MiB",
            code: "memory_exceeded"
        ),
        BadProgram(
            name: "writes a large file",
            script: "exec dd if=/dev/zero of=big bs=64k count=1000",
            limits: "file_size: 1MiB",
            code: "file_too_large"
        ),
        BadProgram(name: "writes much", script: "exec head -c 256M /dev/zero", code: nil),
        BadProgram(name: "writes without end", script: "yes", with: ", values: json", code: "output_too_large"),
        BadProgram(name: "complains without end", script: "yes >&2", limits: "timeout: 300ms", code: "timed_out"),
        BadProgram(name: "ends by a signal", script: "kill -SEGV $$", code: "tool_failed"),
        BadProgram(name: "is killed", script: "kill -9 $$", code: "tool_failed"),
        BadProgram(name: "fails", script: "exit 3", code: "tool_failed"),
        BadProgram(name: "makes nothing", script: "true", with: ", outputs: [{name: a}]", code: "output_missing"),
        BadProgram(
            name: "makes a link",
            script: "ln -s /etc/passwd a",
            with: ", outputs: [{name: a}]",
            code: "bad_output"
        ),
        BadProgram(name: "changes its input", script: "chmod 600 ../../source && echo x >> ../../source", code: nil),
    ]

    @Test(arguments: Self.programs)
    func badProgramEndsItsFileAlone(_ program: BadProgram) async throws {
        try await JobFixture.run { fixture in
            try await self.run(program, fixture)
            #expect(try await fixture.read("a") == Self.content)
        }
    }

    /// Each file is small; together they fill the disk.
    @Test(.enabled(if: SmallDisk.canBeMade, "needs the right to mount"))
    func programThatFillsTheDiskEndsItsFileAlone() async throws {
        try await withTemporaryFolder { folder in
            // The runner leaves 64 MiB free.
            try await SmallDisk.with(at: folder.appending("disk").string, bytes: 96 << 20) { disk in
                let fixture = try await JobFixture.open(FilePath(disk).appending("storage"))
                let program = BadProgram(
                    name: "fills the disk",
                    script: "i=0; while :; do head -c 1M /dev/zero > $i || sleep 1000; i=$((i+1)); done",
                    code: "disk_full"
                )
                try await self.run(program, fixture)
                #expect(fixture.resources.metrics().active == 0)
                #expect(fixture.scratch.figures().count == 0)
                try await fixture.store.close()
            }
        }
    }

    private func run(_ program: BadProgram, _ fixture: JobFixture) async throws {
        try await fixture.put("a", Self.content)
        let service = fixture.service([try program.pipeline()])
        let report = try await service.whileRunning {
            let job = try await service.submit(try .files("a"))
            try await service.ended(job)
            return try service.report(job.id)
        }
        let item = try #require(report.items.first)
        #expect(item.error?.code == program.code, "\(item.error?.message ?? "no error")")
        let isTimedOut = program.code == "timed_out"
        #expect(item.state == (program.code == nil ? .succeeded : isTimedOut ? .timedOut : .failed))
        if let message = item.error?.message { #expect(message.count > 10 && message.count < 1_000) }
        #expect(Traces.processes(with: fixture.path.string) == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.store.scratchRoot).isEmpty)
    }
}
