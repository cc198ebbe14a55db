import InMemoryTracing
import PurserTestSupport
import Testing
import Tracing

@testable import Purser

@Suite(.timeLimit(.minutes(1)))
struct TraceTests {
    /// A process has one tracer.
    private static let tracer: InMemoryTracer = {
        let tracer = InMemoryTracer()
        InstrumentationSystem.bootstrap(tracer)
        return tracer
    }()

    @Test
    func stagesOfAnUploadAreSpansBelowTheCallers() async throws {
        let tracer = Self.tracer
        try await withManager { manager, _ in
            let traceID = try await withSpan("client") { span in
                try await manager.upload(to: "default", key: "a", bytes: Array(repeating: 1, count: 300_000))
                return span.context.inMemorySpanContext?.traceID
            }
            let spans = tracer.finishedSpans.filter { $0.traceID == traceID }
            let client = try #require(spans.first { $0.operationName == "client" })
            let stages = spans.filter { $0.parentSpanID == client.spanID }
            #expect(Set(stages.map(\.operationName)) == ["queue", "hash", "disk", "catalog"])
            let order = stages.sorted { $0.startInstant.nanosecondsSinceEpoch < $1.startInstant.nanosecondsSinceEpoch }
            #expect(order.first?.operationName == "queue")
            #expect(order.last?.operationName == "catalog")
        }
    }
}
