import Synchronization

/// What a program that uses Purser as a library wants done about failures.
///
/// What a pipeline says in its file comes first.
public final class FailureHandlers: Sendable {
    /// Decides about a failure; `nil` leaves it to the step.
    public typealias Handler = @Sendable (FailedStep) async -> FailureAction?
    /// Does the work of a step that has failed, in a folder of its own.
    public typealias Fallback = @Sendable (StepInput, StepContext, StepFailure) async throws -> StepOutput

    private struct State {
        var handlers: [String: Handler] = [:]
        var fallbacks: [String: Fallback] = [:]
    }

    private let state = Mutex(State())

    /// Begins without any.
    public init() {}

    /// Registers a handler, in the place of another one for the code.
    public func registerHandler(for code: String, _ handler: @escaping Handler) {
        self.state.withLock { $0.handlers[code] = handler }
    }

    /// Registers an action, in the place of a handler for the code.
    public func registerHandler(for code: String, _ action: FailureAction) {
        self.registerHandler(for: code) { _ in action }
    }

    /// Registers what is done in the place of a step that has failed for good, where its pipeline says nothing.
    ///
    /// - Parameters:
    ///   - step: The name of a step, or of a kind of steps; the former comes first.
    ///   - fallback: Does the work. Its limits of time and its folder are those of the step.
    public func registerFallback(for step: String, _ fallback: @escaping Fallback) {
        self.state.withLock { $0.fallbacks[step] = fallback }
    }

    func handler(for code: String) -> Handler? { self.state.withLock { $0.handlers[code] } }

    func fallback(for step: PipelineStep) -> Fallback? {
        self.state.withLock { $0.fallbacks[step.name] ?? $0.fallbacks[step.uses] }
    }
}
