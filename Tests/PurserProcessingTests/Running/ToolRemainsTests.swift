import Foundation
import Logging
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

/// Nothing is left of a run, whatever the program did.
@Suite(.timeLimit(.minutes(2)))
struct ToolRemainsTests {
    @Test func childrenThatOutliveTheirLeaderAreEnded() async throws {
        try await withBench { bench in
            // It holds standard output: who waits for its end waits for ever.
            let result = try await bench.runner.run(bench.shell("sleep 1000 & echo done"))
            #expect(result.isSuccess)
            #expect(String(decoding: result.output, as: UTF8.self) == "done\n")
            #expect(bench.left == [])
        }
    }

    @Test func childrenThatWriteOnAreEnded() async throws {
        try await withBench { bench in
            let result = try await bench.runner.run(bench.shell("yes & echo done"))
            #expect(result.isSuccess)
            #expect(bench.left == [])
        }
    }

    @Test(arguments: ["", ">/dev/null 2>&1 </dev/null"])
    func sessionsOfTheirOwnAreEnded(_ redirection: String) async throws {
        try await withBench { bench in
            let script = "setsid sh -c 'setsid sleep 1000 & setsid yes & wait' \(redirection) & sleep 0.2; echo done"
            let result = try await bench.runner.run(bench.shell(script))
            #expect(result.isSuccess)
            #expect(result.output.count >= 5)
            #expect(bench.left == [])
        }
    }

    @Test func daemonsAreEnded() async throws {
        try await withBench { bench in
            let script = """
                import os, time
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        os.closerange(0, 3)
                        open('daemon', 'w').write(str(os.getpid()))
                        time.sleep(1000)
                    os._exit(0)
                while not os.path.exists('daemon') or not open('daemon').read(): time.sleep(0.01)
                """
            let result = try await bench.runner.run(bench.python(script))
            #expect(result.isSuccess)
            let written = try String(contentsOfFile: bench.folder.appending("daemon").string, encoding: .utf8)
            let daemon = try #require(Int32(written))
            #expect(kill(daemon, 0) != 0 || Traces.isZombie(daemon))
            #expect(bench.left == [])
        }
    }

    /// It forks and ends, again and again: by the time its number is known it is another's, or nobody's.
    ///
    /// For 20 seconds, so that nothing flees for ever should this fail.
    @Test func whatFleesFromItsNumberIsEnded() async throws {
        try await withBench { bench in
            let script = """
                import os, time
                if os.fork() == 0:
                    os.setsid()
                    open('fleeing', 'w')
                    end = time.time() + 20
                    while time.time() < end:
                        if os.fork(): os._exit(0)
                    os._exit(0)
                while not os.path.exists('fleeing'): time.sleep(0.01)
                """
            let result = try await bench.runner.run(bench.python(script))
            #expect(result.isSuccess)
            #expect(bench.left == [])
        }
    }

    @Test func whatAKilledServerLeftIsEnded() async throws {
        try await withBench { bench in
            let owner = UUID().uuidString
            let (mine, other) = ("\(owner).1", "\(UUID().uuidString).1")
            let started = [mine, mine, other].map { Self.sleeper(["PURSER_RUN=\($0)", "FOLDER=\(bench.folder)"]) }
            #expect(!started.contains(nil))
            let toolbox = Toolbox(owner: owner, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let ended = await toolbox.endLeftovers()
            #expect(ended == 2)
            #expect(bench.left == started.suffix(1))
            for process in started.compactMap(\.self) {
                kill(process, SIGKILL)
                waitpid(process, nil, 0)
            }
        }
    }

    @Test func cancellingLetsAProgramTidyUp() async throws {
        try await withBench { bench in
            let started = Gate()
            let script = "trap 'echo tidy > tidied; exit 0' TERM; echo ::progress 0; while :; do sleep 0.01; done"
            let run = Task {
                try await bench.runner.run(bench.shell(script) { _, _ in started.open() })
            }
            await started.wait()
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            #expect(FileManager.default.fileExists(atPath: bench.folder.appending("tidied").string))
        }
    }

    @Test func aCancelledTaskStartsNothing() async throws {
        try await withBench { bench in
            let run = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await bench.runner.run(bench.shell("echo > started"))
            }
            await #expect(throws: CancellationError.self) { try await run.value }
            #expect(!FileManager.default.fileExists(atPath: bench.folder.appending("started").string))
        }
    }

    @Test func descriptorsAreGivenBack() async throws {
        try await withBench { bench in
            // What swift-subprocess and Dispatch keep for themselves is open after the first runs.
            for _ in 0..<3 { _ = try await bench.runner.run(bench.shell("sleep 1000 & echo")) }
            let before = try Self.descriptors(of: bench)
            for _ in 0..<30 {
                _ = try await bench.runner.run(bench.shell("sleep 1000 & echo"))
                let limits = StepLimits(time: .milliseconds(20))
                _ = try await failure { try await bench.runner.run(bench.shell("sleep 1000", limits: limits)) }
            }
            let after = try Self.descriptors(of: bench)
            // Other tests open and close theirs meanwhile: only many would be a leak.
            #expect(after - before < 30)
        }
    }

    /// Starts a process that does nothing, as no run does: what ends runs knows nothing of it.
    private static func sleeper(_ environment: [String]) -> Int32? {
        let arguments: [UnsafeMutablePointer<CChar>?] = (["sleep", "1000"] as [String]).map { strdup($0) }
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) }
        defer { for text in arguments + variables { free(text) } }
        var process: Int32 = 0
        let error = posix_spawn(&process, "/usr/bin/sleep", nil, nil, arguments + [nil], variables + [nil])
        return error == 0 ? process : nil
    }

    private static func descriptors(of bench: Bench) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}
