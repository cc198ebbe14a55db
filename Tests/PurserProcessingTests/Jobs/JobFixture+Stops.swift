import Foundation
import PurserOperations
import PurserTestSupport
import Synchronization

@testable import PurserProcessing

extension Pipeline {
    /// A step that tells when it runs, and waits until it is let go or cancelled.
    static func blocking(_ begun: Gate, _ gate: Gate, passes: Int = 0) -> Pipeline {
        let count = Mutex(0)
        let step = PipelineStep.written("wait") { _, context in
            let number = count.withLock { count in
                count += 1
                return count
            }
            try Data("left".utf8).write(to: URL(filePath: "\(context.folder)/left"))
            guard number > passes else { return StepOutput() }
            begun.open()
            try await gate.waitOrThrow()
            return StepOutput()
        }
        return Pipeline(name: "test", version: "1", steps: [step])
    }
}

extension JobFixture {
    /// The same store under a tracker that remembers nothing, as after a start.
    static func reopened(_ fixture: JobFixture) async throws -> JobFixture {
        let (time, reports) = (fixture.time, Collected<OperationReport>())
        let tracker = ProgressTracker(now: { time.now() }, onEnd: { reports.add($0) })
        return JobFixture(
            path: fixture.path,
            time: time,
            store: fixture.store,
            tracker: tracker,
            resources: ResourceManager(tracker: tracker, logger: Self.quiet),
            scratch: fixture.scratch,
            reports: reports
        )
    }
}
