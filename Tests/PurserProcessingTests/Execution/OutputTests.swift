import Foundation
import Synchronization
import SystemPackage
import Testing

@testable import PurserProcessing

struct OutputTests {
    private static func step(
        _ name: String = "a",
        _ make: @escaping @Sendable (String) throws -> [StepFile]
    ) -> PipelineStep {
        .test(name) { _, context in StepOutput(files: try make(context.folder)) }
    }

    private static func file(_ name: String, at path: String) throws -> StepFile {
        try Data("made".utf8).write(to: URL(filePath: path))
        return StepFile(name: name, path: path, contentType: "text/plain")
    }

    @Test(arguments: [
        "a.txt", "a/b/c/d", "page-1_2.JPG", "...", ".hidden", String(repeating: "n", count: 128),
    ])
    func properNamesAreTaken(_ name: String) async throws {
        try await ExecutionFixture.run { fixture in
            let outcome = try await fixture.run(.test(Self.step { [try Self.file(name, at: $0 + "/1")] }))
            #expect(outcome.outputs.map(\.name) == [name])
            #expect(outcome.step("a")?.outputs == [name])
        }
    }

    @Test(arguments: [
        "", "/a", "a/", "a//b", ".", "..", "a/../b", "../a", "a/b/c/d/e", "a b", "ä", "a\n", "a\0b", "-\u{7f}", "a\\b",
        String(repeating: "n", count: 129),
    ])
    func improperNamesAreRefused(_ name: String) async throws {
        try await ExecutionFixture.run { fixture in
            let outcome = try await fixture.run(.test(Self.step { [try Self.file(name, at: $0 + "/1")] }))
            #expect(outcome.error?.code == "bad_output")
            #expect(outcome.outputs.isEmpty)
        }
    }

    @Test(arguments: ["missing", "outside", "up", "link", "folder", "linked folder", "pipe", "twice"])
    func whatIsNoFileOfTheStepIsRefused(_ kind: String) async throws {
        try await ExecutionFixture.run { fixture in
            let secret = fixture.folder.appending("secret").string
            try Data("secret".utf8).write(to: URL(filePath: secret))
            let step = Self.step { folder in
                let path = folder + "/x"
                let manager = FileManager.default
                switch kind {
                case "missing": break
                case "outside": return [StepFile(name: "x", path: secret, contentType: "a/b")]
                case "up": return [StepFile(name: "x", path: folder + "/../../secret", contentType: "a/b")]
                case "link": try manager.createSymbolicLink(atPath: path, withDestinationPath: secret)
                case "folder": try manager.createDirectory(atPath: path, withIntermediateDirectories: false)
                case "linked folder":
                    try manager.createSymbolicLink(atPath: path, withDestinationPath: fixture.folder.string)
                    return [StepFile(name: "x", path: path + "/secret", contentType: "a/b")]
                case "pipe": #expect(mkfifo(path, 0o600) == 0)
                default: return [try Self.file("x", at: path), try Self.file("x", at: folder + "/y")]
                }
                return [StepFile(name: "x", path: path, contentType: "a/b")]
            }
            let outcome = try await fixture.run(.test(step))
            #expect(outcome.error?.code == "bad_output", "\(kind)")
        }
    }

    @Test
    func filesInFoldersOfTheStepAreTaken() async throws {
        try await ExecutionFixture.run { fixture in
            let step = Self.step { folder in
                try FileManager.default.createDirectory(atPath: folder + "/in/ner", withIntermediateDirectories: true)
                return [try Self.file("x", at: folder + "/in/ner/x")]
            }
            let outcome = try await fixture.run(.test(step))
            #expect(try outcome.texts() == ["x": "made"])
        }
    }

    @Test
    func twoStepsThatKeepTheSameNameAreAFailure() async throws {
        try await ExecutionFixture.run { fixture in
            let steps = ["a", "b"].map { name in Self.step(name) { [try Self.file("x", at: $0 + "/1")] } }
            let outcome = try await fixture.run(Pipeline(name: "p", version: "1", steps: steps))
            #expect(outcome.error?.code == "duplicate_output")
            #expect(outcome.outputs.isEmpty)
            // What is for later steps only is in nobody's way.
            let working = PipelineStep.test("a") { _, context in try .file("x", "a", in: context, isKept: false) }
            let kept = try await fixture.run(.test(working, steps[1]))
            #expect(kept.outputs.map(\.name) == ["x"])
        }
    }

    @Test
    func tooManyFilesAreRefused() async throws {
        try await ExecutionFixture.run { fixture in
            let step = Self.step { folder in
                let file = try Self.file("x", at: folder + "/x")
                return (0...StepOutput.maxFiles).map { number in
                    var one = file
                    one.name = "x\(number)"
                    return one
                }
            }
            let outcome = try await fixture.run(.test(step))
            #expect(outcome.error?.code == "bad_output")
        }
    }

    @Test
    func longFindingsStayOutOfTheReport() async throws {
        try await ExecutionFixture.run { fixture in
            let given = Mutex(0)
            let long = StepValue.string(String(repeating: "x", count: 20_000))
            let pipeline = Pipeline.test(
                PipelineStep.test("a") { _, _ in StepOutput(values: ["text": long]) },
                PipelineStep.test("b", needs: ["a"]) { input, _ in
                    given.withLock { $0 = input.earlier["a"]?.values["text"]?.text?.count ?? 0 }
                    return StepOutput(values: ["n": .list([.integer(1)])])
                }
            )
            let outcome = try await fixture.run(pipeline)
            #expect(outcome.step("a")?.values == ["left_out": .string("more than a report takes")])
            #expect(outcome.step("b")?.values == ["n": .list([.integer(1)])])
            #expect(given.withLock { $0 } == 20_000)
        }
    }

    @Test
    func progressFollowsTheWeightsAndNeverGoesBack() async throws {
        try await ExecutionFixture.run { fixture in
            let told = Mutex<[FileProgress]>([])
            let tries = Mutex(0)
            let pipeline = Pipeline.test(
                PipelineStep.test("a") { _, context in
                    context.progress(0.5, "half")
                    context.progress(.nan, nil)
                    let isFirst = tries.withLock { count in
                        count += 1
                        return count == 1
                    }
                    if isFirst { throw StepFailure("busy", "", isTransient: true) }
                    return StepOutput()
                }.with { $0.weight = 3 },
                fixture.failing("b", needs: ["a"]).falling(to: "c"),
                PipelineStep.test("c") { _, context in
                    context.progress(7, "all")
                    return StepOutput()
                }.standIn
            )
            let outcome = try await fixture.run(pipeline) { progress in told.withLock { $0.append(progress) } }
            #expect(outcome.state == .succeeded)
            let fractions = told.withLock { $0.map(\.fraction) }
            #expect(fractions == fractions.sorted())
            #expect(fractions.contains(0.375))
            #expect(fractions.last == 1)
            let half = told.withLock { $0.first { $0.message == "half" } }
            #expect(half == FileProgress(fraction: 0.375, step: "a", stepFraction: 0.5, message: "half"))
            let last = told.withLock { $0.last }
            #expect(last?.step == "c")
        }
    }

    @Test
    func anOutcomeIsTheSameAfterJSON() async throws {
        try await ExecutionFixture.run { fixture in
            let pipeline = Pipeline.test(fixture.making("a"), fixture.failing("b").with { $0.severity = .critical })
            var outcome = try await fixture.run(pipeline)
            outcome.outputs = [StepFile(name: "a", path: "b", contentType: "c/d")]
            outcome.duration = .milliseconds(1_500)
            let data = try JSONEncoder().encode(outcome)
            #expect(try JSONDecoder().decode(FileOutcome.self, from: data) == outcome)
            let text = String(decoding: data, as: UTF8.self)
            #expect(text.contains(#""duration_seconds":1.5"#))
            #expect(text.contains(#""recoverable":false"#))
        }
    }

    @Test
    func usageOfToolsIsInTheReport() async throws {
        try await ExecutionFixture.run { fixture in
            let step = PipelineStep.test("a") { _, context in
                let limits = StepLimits(time: .seconds(60))
                let script = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"
                let command = ToolCommand(Tool("sh"), ["-c", script], in: context.folder, limits: limits)
                _ = try await context.runner.run(command)
                return StepOutput()
            }
            let outcome = try await fixture.run(.test(step))
            #expect(outcome.state == .succeeded, "\(outcome)")
            let cpuTime = try #require(outcome.step("a")?.cpuTime)
            #expect(cpuTime > .zero)
        }
    }
}
