import Foundation
package import PurserIdentifiers
import PurserOperations

/// A call that takes no slot, and is counted as an operation all the same.
package struct MonitoredCall: Sendable {
    /// What it counts as.
    package var kind: CallKind
    /// What it is about, for people; never a label.
    package var name: String
    /// For whom.
    package var client: String
    /// The id under which it is remembered, where the client gave one.
    package var id: OperationID?
    /// Why it did not do what it was to do; `nil` where it did.
    package var error: (any Error)?
    /// Whether it was turned away, as there was too much to do already.
    package var isRefused: Bool

    /// Describes a call that did what it was to do, unless told otherwise.
    package init(
        _ kind: CallKind,
        name: String,
        client: String = "local",
        id: OperationID? = nil,
        error: (any Error)? = nil,
        isRefused: Bool = false
    ) {
        self.kind = kind
        self.name = name
        self.client = client
        self.id = id
        self.error = error
        self.isRefused = isRefused
    }
}

extension OperationLedger {
    /// The moment at which a call began.
    package struct CallStart: Sendable {
        fileprivate let date: Date
        fileprivate let elapsed: Duration
    }

    /// Looks at the clocks, before a call.
    package func beginCall() -> CallStart {
        CallStart(date: self.monitor.now, elapsed: self.elapsed())
    }

    /// Counts a call that has ended; some microseconds, never suspends.
    ///
    /// - Parameters:
    ///   - call: The call, and how it ended.
    ///   - start: When it began.
    package func record(_ call: MonitoredCall, since start: CallStart) {
        guard self.monitor.isEnabled else { return }
        let took = self.elapsed() - start.elapsed
        var report = OperationReport(
            id: call.id ?? OperationID(at: start.date),
            kind: call.kind.rawValue,
            name: call.name,
            client: call.client,
            state: Self.state(after: call.error),
            isRefused: call.isRefused,
            error: call.error.map(OperationSnapshot.Failure.init),
            createdAt: start.date,
            endedAt: self.monitor.now,
            waited: .zero,
            held: call.isRefused ? .zero : took
        )
        report.takesSlot = false
        self.record(report)
    }
}
