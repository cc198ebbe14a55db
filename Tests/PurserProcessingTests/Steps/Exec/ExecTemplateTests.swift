import PurserProcessing
import SystemPackage
import Testing

struct ExecTemplateTests {
    @Test func placesGetWhatIsKnown() async throws {
        try await withBench { bench in
            let earlier = StepOutput(
                files: [StepFile(name: "x", path: "/made/x", contentType: "text/plain")],
                values: ["pages": .integer(3)]
            )
            let input = try bench.input(parameters: ["one": .number(0.5)], earlier: ["first": earlier])
            let arguments = [
                "{input}", "{size}", "--type={content_type}", "{step.first.file}", "n={step.first.value.pages}",
                "--one={parameters.one}", "--key={key}", "{bucket}", "{{{sha256}}}", "{output:made.txt}", "{folder}/x",
            ]
            let seen = try await Self.arguments(arguments, input, bench)
            #expect(
                seen.prefix(9) == [
                    input.path, "7", "--type=text/plain", "/made/x", "n=3", "--one=0.5", "--key=a/b.txt", "default",
                    "{e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}",
                ]
            )
            #expect(seen[9].hasSuffix("/made.txt") && seen[10].hasSuffix("/x"))
        }
    }

    @Test(arguments: ["-rf", "--output=x", "@list", "|sh"])
    func aValueNeverBecomesAnOption(_ value: String) async throws {
        try await withBench { bench in
            let input = try bench.input(parameters: ["one": .string(value)])
            let failure = try await failure { try await Self.arguments(["{parameters.one}"], input, bench) }
            #expect(failure?.code == "unsafe_argument")
            let seen = try await Self.arguments(["--one={parameters.one}"], input, bench)
            #expect(seen == ["--one=\(value)"])
        }
    }

    @Test func anEmptyValueLetsNoOptionFollow() async throws {
        try await withBench { bench in
            let input = try bench.input(parameters: ["one": .string(""), "two": .string("-x")])
            let failure = try await failure {
                try await Self.arguments(["{parameters.one}{parameters.two}"], input, bench)
            }
            #expect(failure?.code == "unsafe_argument")
        }
    }

    /// What the system lets be said of a key: it may be anything but control characters.
    @Test(arguments: [
        "-rf", "$(reboot)", "a\"b'c`d", "\u{85}\u{2028}x", "é\u{1F600}", " ", "../../etc/passwd", "a\\n%s",
    ])
    func aKeyComesAsItIs(_ key: String) async throws {
        try await withBench { bench in
            let input = try bench.input(key: key)
            let seen = try await Self.arguments(
                ["--key={key}"],
                input,
                bench,
                ["environment": .object(["KEY": "{key}"])]
            )
            #expect(seen == ["--key=\(key)"])
        }
    }

    @Test(arguments: [
        ("{key}", "{key}"), ("x{key}", "{key}"), ("-{key}", "{key}"), ("{nonsense}", "takes {input}"), ("{", "takes"),
        ("}", "takes"), ("{step.other.file}", "no earlier step 'other'"),
        ("{parameters.three}", "no parameter 'three'"),
        ("{output:absent}", "no output 'absent'"), ("{step.first}", "takes"),
    ])
    func whatCannotBeIsToldWhenThePipelineIsLoaded(_ argument: String, _ reason: String) {
        do {
            _ = try execStep(["program": "true", "arguments": .list([.string(argument)])])
            Issue.record("'\(argument)' was taken")
        } catch let problem as StepSettingProblem {
            #expect(problem.reason.contains(reason))
            #expect(problem.key == "arguments[0]")
        } catch {
            Issue.record(error)
        }
    }

    @Test(
        arguments: [
            (["program": .string("")], "program"), (["program": .string("bin/x")], "program"),
            (["environment": .object(["1X": .string("")])], "environment"),
            (["environment": .object(["PURSER_RUN": .string("")])], "environment"),
            (["outputs": .list([.object(["name": .string("../x")])])], "outputs[0].name"),
            (["collect": .object(["folder": .string("a/b/c/d")])], "collect.folder"),
            (["unknown": .integer(1)], "unknown"),
            (["persistent": .bool(true), "arguments": .list([.string("{input}")])], "arguments[0]"),
        ] as [([String: StepValue], String)]
    )
    func badSettingsAreTold(_ values: [String: StepValue], _ key: String) {
        let problem = #expect(throws: StepSettingProblem.self) { try execStep(["program": .string("true")], values) }
        #expect(problem?.key == key)
    }

    private static func arguments(
        _ templates: [String],
        _ input: StepInput,
        _ bench: Bench,
        _ more: [String: StepValue] = [:]
    ) async throws -> [String] {
        let script = "import sys, json; print(json.dumps({'seen': sys.argv[1:]}, ensure_ascii=False))"
        let step = try execStep(
            [
                "program": "/usr/bin/python3",
                "arguments": .list(
                    (["-c", script.replacing("{", with: "{{").replacing("}", with: "}}")] + templates).map {
                        .string($0)
                    }
                ),
                "values": "json",
                "outputs": .list([.object(["name": "made.txt", "optional": .bool(true)])]),
            ],
            more
        )
        let output = try await step.run(input, try bench.context())
        guard case .list(let seen)? = output.values["seen"] else { return [] }
        return seen.compactMap(\.text)
    }
}
