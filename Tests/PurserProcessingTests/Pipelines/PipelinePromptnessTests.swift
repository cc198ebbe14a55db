import PurserTestSupport
import Testing

@testable import PurserProcessing

/// How soon a pipeline ends: measured by the clock, so these tests run when no others do (`scripts/test.sh`).
@Suite(.timeLimit(.minutes(1)))
struct PipelinePromptnessTests {
    @Test func cancellingEndsTheProgramThatRuns() async throws {
        try await withStepBench { bench in
            let path = try bench.content(PDFSample.blank(pages: 50, isShared: false))
            let (pages, read) = AsyncStream<Double>.makeStream()
            let clock = ContinuousClock()
            try await withThrowingTaskGroup(of: FileOutcome.self) { group in
                group.addTask {
                    // However it ends, nobody waits for more of it.
                    defer { read.finish() }
                    return try await bench.run("document", on: path, as: "application/pdf") { progress in
                        if progress.step == "ocr_processing" { read.yield(progress.stepFraction) }
                    }
                }
                // Some pages were read, most were not.
                let fraction = try #require(await pages.first { $0 > 0 })
                #expect(fraction < 0.5)
                let begin = clock.now
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.waitForAll() }
                #expect(clock.now - begin < .seconds(2))
            }
            #expect(bench.left.isEmpty)
        }
    }
}
