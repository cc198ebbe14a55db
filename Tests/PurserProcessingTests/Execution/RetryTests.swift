import Foundation
import Synchronization
import Testing

@testable import PurserProcessing

struct RetryTests {
    private static let busy = StepFailure("busy", "try again", isTransient: true)

    @Test
    func transientFailuresAreTriedAgainWithGrowingPauses() async throws {
        try await ExecutionFixture.run { fixture in
            let clock = LeapClock()
            let step = fixture.failing("a", Self.busy, times: 3).with {
                $0.retry = RetryPolicy(attempts: 4, delay: .seconds(1), factor: 3, maxDelay: .seconds(5), jitter: 0.4)
            }
            let outcome = try await fixture.run(.test(step), clock: clock)
            #expect(outcome.state == .succeeded)
            #expect(outcome.step("a")?.attempts == 4)
            #expect(outcome.step("a")?.duration == .seconds(9))
            // At random 0.5 a pause is what the policy says.
            #expect(clock.sleeps == [.seconds(1), .seconds(3), .seconds(5)])
            #expect(fixture.record.count("a") == 4)
        }
    }

    @Test
    func afterTheLastTryTheStepHasFailed() async throws {
        try await ExecutionFixture.run { fixture in
            let step = fixture.failing("a", Self.busy).with { $0.retry = RetryPolicy(attempts: 3) }
            let outcome = try await fixture.run(.test(step, fixture.making("b", needs: ["a"])))
            #expect(outcome.state == .failed)
            #expect(outcome.error == FailureReport(Self.busy, step: "a"))
            #expect(outcome.step("a")?.attempts == 3)
            #expect(outcome.states == [.failed, .notRun])
            #expect(fixture.record.all == ["a", "a", "a"])
        }
    }

    @Test
    func otherFailuresAreNotTriedAgain() async throws {
        try await ExecutionFixture.run { fixture in
            let clock = LeapClock()
            let outcome = try await fixture.run(.test(fixture.failing("a")), clock: clock)
            #expect(outcome.error?.code == "broken")
            #expect(outcome.step("a")?.attempts == 1)
            #expect(clock.sleeps.isEmpty)
        }
    }

    @Test
    func everyTryHasAnEmptyFolder() async throws {
        try await ExecutionFixture.run { fixture in
            let folders = Mutex<[String]>([])
            let step = PipelineStep.test("a") { _, context in
                let found = try FileManager.default.contentsOfDirectory(atPath: context.folder)
                let tries = folders.withLock { folders in
                    folders.append("\(context.folder.split(separator: "/").last ?? "") \(found)")
                    return folders.count
                }
                let path = context.folder + "/deep"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
                try Data("left".utf8).write(to: URL(filePath: path + "/left"))
                if tries < 3 { throw Self.busy }
                return StepOutput()
            }
            let folder = try fixture.fileFolder()
            let outcome = try await fixture.execution(.test(step)).run(try fixture.input(), in: folder)
            #expect(outcome.state == .succeeded)
            #expect(folders.withLock { $0 } == ["0-1 []", "0-2 []", "0-3 []"])
            // What failed tries leave does not fill the disk.
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left == ["0-3"])
        }
    }

    @Test
    func aStepThatThrowsAnythingElseFails() async throws {
        try await ExecutionFixture.run { fixture in
            let step = PipelineStep.test("a") { _, _ in throw CocoaError(.fileReadNoSuchFile) }
            let failed = try await fixture.run(.test(step))
            #expect(failed.error?.code == "step_failed")
            let stopped = PipelineStep.test("a") { _, _ in throw CancellationError() }.with { $0.retry = .none }
            let ended = try await fixture.run(.test(stopped))
            #expect(ended.error?.code == "step_stopped")
        }
    }
}
