import Foundation

/// What all operations of a tracker share.
struct OperationContext: Sendable {
    let timeline: Timeline
    let now: @Sendable () -> Date
    let configuration: ProgressConfiguration
    let hub: UpdateHub
    /// Called once, when the operation has ended: whether the tracker is to remember it.
    let ended: @Sendable (_ operation: Operation, _ isRemembered: Bool) -> Void
}
