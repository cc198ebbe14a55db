import InMemoryTracing
import Tracing

/// Keeps spans in memory, and goes on with the trace that a client names in the `traceparent` field
/// (<https://www.w3.org/TR/trace-context/#traceparent-header>).
struct W3CTracer: Tracer {
    /// The one of this process, which can have no other.
    static let installed: W3CTracer = {
        let tracer = W3CTracer()
        InstrumentationSystem.bootstrap(tracer)
        return tracer
    }()

    private let memory = InMemoryTracer()

    /// The spans that ended below a span, or below spans that are.
    func descendants(of parent: String) -> [FinishedInMemorySpan] {
        let finished = self.memory.finishedSpans
        var found: [FinishedInMemorySpan] = []
        var parents: Set<String> = [parent]
        while !parents.isEmpty {
            let children = finished.filter { $0.parentSpanID.map(parents.contains) ?? false }
            found += children
            parents = Set(children.map(\.spanID))
        }
        return found
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> InMemorySpan {
        self.memory.startSpan(
            operationName,
            context: context(),
            ofKind: kind,
            at: instant(),
            function: function,
            file: fileID,
            line: line
        )
    }

    func forceFlush() { self.memory.forceFlush() }

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let text = extractor.extract(key: "traceparent", from: carrier),
            let (_, trace, parent) = text.wholeMatch(of: /00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/)?.output
        else { return }
        context.inMemorySpanContext = InMemorySpanContext(
            traceID: String(trace),
            spanID: String(parent),
            parentSpanID: nil
        )
    }

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        self.memory.inject(context, into: &carrier, using: injector)
    }
}
