import Foundation
import PurserProcessing
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ToolRunnerTests {
    @Test func aProgramThatEndsWellGivesItsOutput() async throws {
        try await withBench { bench in
            let result = try await bench.runner.run(bench.shell("echo out; echo complaint >&2; exit 0"))
            #expect(result.isSuccess)
            #expect(String(decoding: result.output, as: UTF8.self) == "out\n")
            #expect(result.outputBytes == 4)
            #expect(result.complaint == "complaint\n")
            #expect(result.elapsed > .zero)
        }
    }

    @Test func aBadExitIsAResult() async throws {
        try await withBench { bench in
            let result = try await bench.runner.run(bench.shell("exit 3"))
            #expect(result.code == 3)
            #expect(result.signal == nil)
            #expect(!result.isSuccess)
        }
    }

    @Test func aSignalOfItsOwnIsAResult() async throws {
        try await withBench { bench in
            let result = try await bench.runner.run(bench.shell("kill -SEGV $$"))
            #expect(result.signal == SIGSEGV)
            #expect(result.code == 128 + SIGSEGV)
        }
    }

    @Test func argumentsComeAsTheyAreAndNoShellReadsThem() async throws {
        try await withBench { bench in
            let odd = ["$(touch x)", "a b", "*", "-n", "", "\"'\\", "ä\u{1F600}\n"]
            var command = bench.python("import sys, json; print(json.dumps(sys.argv[1:]))")
            command.arguments += odd
            let result = try await bench.runner.run(command)
            let seen = try JSONDecoder().decode([String].self, from: Data(result.output))
            #expect(seen == odd)
        }
    }

    @Test func anArgumentWithAZeroByteIsRefused() async throws {
        try await withBench { bench in
            var command = bench.shell("true")
            command.arguments.append("a\0b")
            let failure = try await failure { try await bench.runner.run(command) }
            #expect(failure?.code == "invalid_argument")
        }
    }

    @Test func onlyTheGivenEnvironmentIsThere() async throws {
        try await withBench { bench in
            var command = bench.shell("env | cut -d= -f1 | sort; pwd; echo $HOME $TMPDIR $GIVEN")
            command.environment = ["GIVEN": "x=y"]
            let result = try await bench.runner.run(command)
            let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n").map(String.init)
            #expect(Set(lines.dropLast(2)) == ["GIVEN", "HOME", "LANG", "PATH", "PURSER_RUN", "PWD", "TMPDIR"])
            #expect(lines.suffix(2) == [bench.folder.string, "\(bench.folder) \(bench.folder) x=y"])
        }
    }

    @Test func aProgramInheritsNoDescriptor() async throws {
        try await withBench { bench in
            let held = try FileHandle(forReadingFrom: URL(filePath: "/etc/passwd"))
            // Open in this process, and not closed by starting another.
            _ = fcntl(held.fileDescriptor, F_SETFD, 0)
            let result = try await bench.runner.run(
                bench.python("import os; print(sorted(os.listdir('/proc/self/fd')))")
            )
            // The fourth is the folder that is listed.
            #expect(String(decoding: result.output, as: UTF8.self) == "['0', '1', '2', '3']\n")
            try held.close()
        }
    }

    @Test func standardInputIsTheGivenFile() async throws {
        try await withBench { bench in
            let path = bench.folder.appending("given").string
            try Data("content".utf8).write(to: URL(filePath: path))
            var command = bench.shell("cat")
            command.input = path
            let result = try await bench.runner.run(command)
            #expect(String(decoding: result.output, as: UTF8.self) == "content")
            command.input = bench.folder.appending("absent").string
            let failure = try await failure { try await bench.runner.run(command) }
            #expect(failure?.code == "input_unreadable")
        }
    }

    @Test func progressLinesAreToldAndTakenOut() async throws {
        try await withBench { bench in
            let told = Told()
            let script = "echo ::progress 0.25 first page; echo output; echo ::progress 1"
            let result = try await bench.runner.run(bench.shell(script) { told.add($0, $1) })
            #expect(String(decoding: result.output, as: UTF8.self) == "output\n")
            #expect(told.all == ["0.25 first page", "1.0 -"])
        }
    }

    @Test func aMissingProgramNamesItsPackage() async throws {
        try await withBench { bench in
            let tool = Tool("no-such-program", package: "no-such-package")
            let command = ToolCommand(tool, [], in: bench.folder.string, limits: StepLimits())
            let failure = try await failure { try await bench.runner.run(command) }
            #expect(failure?.code == "tool_missing")
            #expect(failure?.message.contains("apt install no-such-package") == true)
        }
    }

    @Test func whatCannotBeRunFailsToStart() async throws {
        try await withBench { bench in
            let path = bench.folder.appending("unrunnable").string
            try Data("#!/no/such/interpreter\n".utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            let tool = Tool(path, versionArguments: [])
            let command = ToolCommand(tool, [], in: bench.folder.string, limits: StepLimits())
            let failure = try await failure { try await bench.runner.run(command) }
            #expect(failure?.code == "tool_failed_to_start")
        }
    }

    @Test func cpuTimeOfChildrenCounts() async throws {
        try await withBench { bench in
            let script = "python3 -c 'sum(i * i for i in range(3000000))'; exit 0"
            let result = try await bench.runner.run(bench.shell(script))
            #expect(result.isSuccess)
            #expect(result.cpuTime >= .milliseconds(50))
            #expect(result.cpuTime <= result.elapsed * 2)
        }
    }
}

/// What was told of progress.
final class Told: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { self.lines.withLock { $0 } }

    func add(_ fraction: Double, _ message: String?) {
        self.lines.withLock { $0.append("\(fraction) \(message ?? "-")") }
    }
}
