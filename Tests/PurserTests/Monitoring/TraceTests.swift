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

    /// Uploads a file below a span of its own.
    private func upload() async throws -> String {
        let span = startSpan("client")
        let context = span.context
        span.end()
        try await withManager { manager, _ in
            try await ServiceContext.$current.withValue(context) {
                _ = try await manager.upload(to: "default", key: "a", bytes: [UInt8](repeating: 1, count: 300_000))
            }
        }
        return context.inMemorySpanContext?.spanID ?? "none"
    }

    @Test
    func stagesOfAnUploadAreSpansBelowTheCallers() async throws {
        let tracer = Self.tracer
        let parent = try await self.upload()
        let stages = tracer.finishedSpans.filter { $0.parentSpanID == parent }
        let names = stages.map(\.operationName).sorted()
        #expect(names == ["catalog", "disk", "hash", "queue"])
        let order = stages.sorted { $0.startInstant.nanosecondsSinceEpoch < $1.startInstant.nanosecondsSinceEpoch }
        #expect(order.first?.operationName == "queue")
        #expect(order.last?.operationName == "catalog")
    }
}
