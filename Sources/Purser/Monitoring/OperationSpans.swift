import Foundation
import PurserOperations
import Synchronization
package import Tracing

/// Makes a span of each stage of an operation, below the span in which it was asked for.
///
/// The stages are measured in any case; the spans are made of them when the operation has ended, and only where a tracer
/// is installed. A stage that was left and entered again is one span, whose attribute tells how long it really was.
package enum OperationSpans {
    /// Whether anybody takes spans.
    package static var isEnabled: Bool { !(InstrumentationSystem.tracer is NoOpTracer) }

    /// Makes the spans of an operation that has ended.
    package static func record(_ operation: PurserOperations.Operation, below parent: ServiceContext) {
        for stage in operation.stageSpans() {
            let span = startSpan(stage.stage.rawValue, context: parent, at: Moment(stage.start))
            span.attributes["purser.operation.id"] = operation.id.description
            span.attributes["purser.operation.kind"] = operation.kind.rawValue
            span.attributes["purser.busy_seconds"] = stage.busy.exactSeconds
            span.end(at: Moment(stage.end))
        }
    }

    /// A moment of the past.
    private struct Moment: TracerInstant {
        let nanosecondsSinceEpoch: UInt64

        init(_ date: Date) {
            self.nanosecondsSinceEpoch = UInt64(max(0, date.timeIntervalSince1970) * 1e9)
        }

        static func < (left: Self, right: Self) -> Bool { left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch }
    }
}

/// The spans of one operation: made below whatever span it is begun in, when it has ended.
struct OperationTrace: Sendable {
    private let parent: ServiceContext?
    private let operation: OnceSet<PurserOperations.Operation>?

    /// Remembers the span of the present task, where there is one.
    init() {
        self.parent = OperationSpans.isEnabled ? ServiceContext.current : nil
        self.operation = self.parent == nil ? nil : OnceSet()
    }

    /// Tells which operation it is.
    func begin(_ operation: PurserOperations.Operation) {
        self.operation?.set(operation)
    }

    /// Makes the spans.
    func end() {
        guard let parent, let operation = self.operation?.value else { return }
        OperationSpans.record(operation, below: parent)
    }
}

/// A value that is set once.
private final class OnceSet<Value: Sendable>: Sendable {
    private let stored = Mutex<Value?>(nil)

    var value: Value? { self.stored.withLock { $0 } }

    func set(_ value: Value) {
        self.stored.withLock { $0 = value }
    }
}
