import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

/// Files of jobs within the memory budget.
@Suite(.timeLimit(.minutes(2)))
struct JobMemoryTests {
    /// A program that holds so many MiB for some time.
    private static func holding(_ mebibytes: Int, forSeconds seconds: Int, _ context: StepContext) -> ToolCommand {
        ToolCommand(
            Tool("/usr/bin/python3", versionArguments: []),
            ["-c", "import time; held = b'x' * (\(mebibytes) << 20); time.sleep(\(seconds))"],
            in: context.folder,
            limits: context.limits
        )
    }

    @Test
    func fourFilesGoAtTheSameTimeThroughTheShippedPipelines() throws {
        let folder = repository.appending(path: "config/pipelines").path
        let library = PipelineLibrary(folder: folder)
        #expect(library.problems.isEmpty && library.pipelines.count == 3)
        let budget = ResourceConfiguration().memoryBudget
        for pipeline in library.pipelines {
            #expect(4 * (pipeline.memory + ProcessingService.ownMemory) <= budget, "\(pipeline.name)")
            // Even the whole of one leaves room for others.
            #expect(2 * pipeline.memoryLimit <= budget, "\(pipeline.name)")
        }
    }

    /// As many at the same time as what they are expected to hold allows, not what they may hold.
    @Test
    func filesShareTheBudgetByWhatTheyAreExpectedToHold() async throws {
        try await JobFixture.run(memoryBudget: 500_000_000) { fixture in
            for key in ["a", "b", "c", "d"] { try await fixture.put(key, key) }
            let (gate, together) = (Gate(), Gate())
            let count = Mutex(0)
            var step = PipelineStep.written("wait") { _, _ in
                let all = count.withLock { count in
                    count += 1
                    return count == 4
                }
                if all { together.open() }
                try await gate.waitOrThrow()
                return StepOutput()
            }
            step.limits = StepLimits(memory: 400_000_000, reserve: 120_000_000)
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])])
            let job = try await service.whileRunning {
                let job = try await service.submit(try .files("a", "b", "c", "d"))
                await together.wait()
                #expect(fixture.resources.metrics().memoryReserved >= 480_000_000)
                #expect(fixture.resources.metrics().memoryReserved <= 500_000_000)
                gate.open()
                return try await service.ended(job)
            }
            #expect(job.files.succeeded == 4)
        }
    }

    /// A program holds more than was expected while another file has the rest: its file waits for all that it may hold.
    @Test
    func fileThatNeedsMoreThanIsFreeWaitsForIt() async throws {
        try await JobFixture.run(memoryBudget: 200 << 20) { fixture in
            for key in ["large", "other"] { try await fixture.put(key, key) }
            let (holding, gate) = (Gate(), Gate())
            let first = PipelineStep.written("first", isKept: true) { input, _ in
                if input.key.text == "other" { holding.open() }
                return StepOutput(values: ["key": .string(input.key.text)])
            }
            let posts = Collected<String>()
            let post = PipelineStep.written("post", needs: ["first"]) { input, _ in
                posts.add(input.key.text)
                if input.key.text == "other" { try await gate.waitOrThrow() }
                return StepOutput()
            }
            let tries = Mutex(0)
            var hold = PipelineStep.written("hold", needs: ["post"]) { input, context in
                guard input.key.text == "large" else { return StepOutput() }
                await holding.wait()
                let isAgain = tries.withLock { tries in
                    tries += 1
                    return tries > 1
                }
                // The first try meets a full budget; then the other file gives its part back.
                if isAgain { #expect(gate.isOpen) }
                let command = Self.holding(100, forSeconds: isAgain ? 0 : 1_000, context)
                do {
                    let result = try await context.runner.run(command)
                    return StepOutput(values: ["code": .integer(Int64(result.code))])
                } catch let failure as StepFailure {
                    gate.open()
                    throw failure
                }
            }
            hold.limits = StepLimits(memory: 160 << 20, reserve: 90 << 20)
            // No handler has a say in it.
            hold.onError = .skip
            let pipeline = Pipeline(name: "test", version: "1", steps: [first, post, hold])
            let service = fixture.service([pipeline], keepsResults: true)
            let report = try await service.whileRunning {
                let job = try await service.submit(try .files("large", "other"))
                try await service.ended(job)
                return try service.report(job.id)
            }
            #expect(report.items.map(\.state) == [.succeeded, .succeeded])
            let large = try #require(report.items.first)
            #expect(large.steps.map(\.state) == [.succeeded, .succeeded, .succeeded])
            #expect(large.steps.last?.values == ["code": .integer(0)])
            #expect(tries.withLock { $0 } == 2)
            // What was done before was not done again.
            #expect(large.steps.first?.isCached == true)
            #expect(posts.all.sorted() == ["large", "other"])
        }
    }

    /// More than there is for all files together cannot be waited for.
    @Test
    func fileThatNeedsMoreThanThereIsFails() async throws {
        try await JobFixture.run(memoryBudget: 64 << 20) { fixture in
            try await fixture.put("a", "x")
            var step = PipelineStep.written("hold") { _, context in
                let command = Self.holding(100, forSeconds: 1_000, context)
                _ = try await context.runner.run(command)
                return StepOutput()
            }
            step.limits = StepLimits(memory: 256 << 20, reserve: 16 << 20)
            let service = fixture.service([Pipeline(name: "test", version: "1", steps: [step])])
            let report = try await service.whileRunning {
                let job = try await service.submit(try .files("a"))
                try await service.ended(job)
                return try service.report(job.id)
            }
            #expect(report.items.map(\.state) == [.failed])
            #expect(report.items.first?.error?.code == "memory_unavailable")
        }
    }
}
