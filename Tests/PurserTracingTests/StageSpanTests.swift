import InMemoryTracing
import Purser
import PurserTestSupport
import Testing
import Tracing

/// What a program that uses the library sees of an upload.
@Suite(.timeLimit(.minutes(1)))
struct StageSpanTests {
    @Test
    func stagesOfAnUploadAreSpansBelowTheCallers() async throws {
        let tracer = W3CTracer.installed
        let span = startSpan("client")
        let context = span.context
        span.end()
        try await withTracedManager { manager in
            try await ServiceContext.$current.withValue(context) {
                _ = try await manager.upload(to: "default", key: "a", bytes: [UInt8](repeating: 1, count: 300_000))
            }
        }
        let parent = try #require(context.inMemorySpanContext?.spanID)
        expectStages(tracer.descendants(of: parent).filter { $0.parentSpanID == parent })
    }
}
