public import Foundation

/// When an operation was in one of its stages.
public struct StageSpan: Sendable, Hashable {
    /// The stage.
    public var stage: OperationStage
    /// When it was entered first.
    public var start: Date
    /// When it was left last.
    public var end: Date
    /// How long the operation was in it, between these; less where it was left and entered again.
    public var busy: Duration
}

extension Operation {
    /// When the operation was in each of its stages so far, in the order in which it entered them.
    public func stageSpans() -> [StageSpan] {
        OperationStage.allCases.compactMap { stage in
            guard let times = self.stageTimes.times(in: stage) else { return nil }
            func date(_ nanoseconds: Int64) -> Date {
                self.createdAt.addingTimeInterval(Double(nanoseconds - self.stageTimes.origin) * 1e-9)
            }
            return StageSpan(
                stage: stage,
                start: max(self.createdAt, date(times.entered)),
                end: date(times.left),
                busy: .nanoseconds(times.busy)
            )
        }
        .sorted { $0.start < $1.start }
    }
}
