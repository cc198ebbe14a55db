import Foundation
import PurserProcessing
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ExecStepTests {
    @Test func outputsAndFindingsComeBack() async throws {
        try await withBench { bench in
            let step = try shellStep(
                "wc -c < \"$1\" > a.txt; echo x > pages/2.json; echo x > pages/1.json; echo ::progress 0.5 half; echo '{{\"n\":7}}'",
                [
                    "arguments": .list([
                        "-c",
                        "wc -c < \"$1\" > a.txt; echo x > pages/2.json; echo x > pages/1.json; echo ::progress 0.5 half; echo '{{\"n\":7}}'",
                        "sh", "{input}",
                    ]),
                    "values": "json",
                    "outputs": .list([
                        .object(["name": "a.txt", "content_type": "text/plain"]),
                        .object(["name": "b/c.txt", "optional": .bool(true)]),
                    ]),
                    "collect": .object(["folder": "pages", "content_type": "application/json", "keep": .bool(false)]),
                ]
            )
            let told = Told()
            let context = try bench.context { told.add($0, $1) }
            let output = try await step.run(try bench.input(), context)
            #expect(output.values == ["n": .integer(7)])
            #expect(output.files.map(\.name) == ["a.txt", "pages/1.json", "pages/2.json"])
            #expect(output.files.map(\.contentType) == ["text/plain", "application/json", "application/json"])
            #expect(output.files.map(\.isKept) == [true, false, false])
            #expect(try String(contentsOfFile: output.files[0].path, encoding: .utf8) == "7\n")
            #expect(told.all == ["0.5 half"])
        }
    }

    @Test(arguments: [
        ("exit 3", "tool_failed", false), ("exit 75", "tool_failed", true), ("kill -9 $$", "tool_failed", false),
        ("exit 5", "tool_failed", true),
    ])
    func badEndsAreFailures(_ script: String, _ code: String, _ isTransient: Bool) async throws {
        try await withBench { bench in
            let codes = StepValue.list([.integer(75), .integer(5)])
            let step = try shellStep("echo why >&2; \(script)", ["transient_codes": codes])
            let input = try bench.input()
            let context = try bench.context()
            let failure = try await failure { try await step.run(input, context) }
            #expect(failure?.code == code)
            #expect(failure?.isTransient == isTransient)
            #expect(failure?.message.contains("why") == true)
        }
    }

    @Test func otherCodesMayBeGood() async throws {
        try await withBench { bench in
            let step = try shellStep("exit 1", ["success_codes": .list([.integer(0), .integer(1)])])
            let output = try await step.run(try bench.input(), try bench.context())
            #expect(output == StepOutput())
        }
    }

    @Test(arguments: [
        ("true", "output_missing"), ("ln -s /etc/passwd made", "bad_output"), ("mkfifo made", "bad_output"),
        ("mkdir made", "bad_output"),
    ])
    func whatIsNoRegularFileIsNoOutput(_ script: String, _ code: String) async throws {
        try await withBench { bench in
            let step = try shellStep(script, ["outputs": .list([.object(["name": "made"])])])
            let input = try bench.input()
            let context = try bench.context()
            let failure = try await failure { try await step.run(input, context) }
            #expect(failure?.code == code)
        }
    }

    @Test(arguments: [
        ("touch pages/a pages/b pages/c", "bad_output"), ("touch 'pages/a b'", "bad_output"),
        ("ln -s /etc/passwd pages/a", "bad_output"), ("rmdir pages; ln -s /etc pages", "bad_output"),
        ("mkdir pages/a", "bad_output"),
    ])
    func whatIsCollectedIsChecked(_ script: String, _ code: String) async throws {
        try await withBench { bench in
            let step = try shellStep(script, ["collect": .object(["folder": "pages", "max": .integer(2)])])
            let input = try bench.input()
            let context = try bench.context()
            let failure = try await failure { try await step.run(input, context) }
            #expect(failure?.code == code)
        }
    }

    @Test(arguments: ["true", "echo text", "echo '[1]'", "echo '{{\"n\":1}}'; echo more"])
    func findingsThatAreNoneAreAFailure(_ script: String) async throws {
        try await withBench { bench in
            let step = try shellStep(script, ["values": "json"])
            let input = try bench.input()
            let context = try bench.context()
            let failure = try await failure { try await step.run(input, context) }
            #expect(failure?.code == "invalid_values")
        }
    }

    @Test func aMissingProgramIsToldBeforeItIsNeeded() async throws {
        try await withBench { bench in
            let step = try execStep(["program": "no-such-program", "package": "no-such-package"])
            let missing = bench.runner.toolbox.missing(of: step.tools)
            #expect(missing.map(\.package) == ["no-such-package"])
        }
    }

    @Test func resultsAreKeptOnlyWhereTheContentDecides() throws {
        let plain = try shellStep("true {parameters.one}")
        let other = try shellStep("false {parameters.one}")
        #expect(plain.cacheIdentity != nil && plain.cacheIdentity != other.cacheIdentity)
        #expect(try shellStep("true", ["cache": .bool(false)]).cacheIdentity == nil)
        #expect(try shellStep("true", ["environment": .object(["KEY": "{key}"])]).cacheIdentity == nil)
        #expect(try shellStep("echo {bucket}").cacheIdentity == nil)
    }

    @Test func cancellingEndsTheProgram() async throws {
        try await withBench { bench in
            let step = try shellStep("echo ::progress 0; sleep 1000")
            let input = try bench.input()
            let (started, start) = AsyncStream<Void>.makeStream()
            let context = try bench.context { _, _ in start.finish() }
            let run = Task { try await step.run(input, context) }
            for await _ in started {}
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            #expect(bench.left == [])
        }
    }
}
