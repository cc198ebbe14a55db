public import Foundation

/// One line of an operation's history: it changed its state, its step or its message.
public struct OperationHistoryEntry: Sendable, Hashable {
    /// When it changed.
    public var time: Date
    /// The state from then on.
    public var state: OperationState
    /// The step at work from then on.
    public var step: String?
    /// The message from then on.
    public var message: String?
    /// How much was done, 0 to 1.
    public var fraction: Double
    /// What the one who reported the change added to it.
    public var metadata: [String: String]

    /// Describes a change.
    public init(
        time: Date,
        state: OperationState,
        step: String? = nil,
        message: String? = nil,
        fraction: Double = 0,
        metadata: [String: String] = [:]
    ) {
        self.time = time
        self.state = state
        self.step = step
        self.message = message
        self.fraction = fraction
        self.metadata = metadata
    }
}
