/// Whether an operation may still be stopped, and whether somebody asked for it.
struct CancellationState: Sendable {
    typealias Handler = @Sendable (CancellationReason) -> Void

    /// Why it is to stop; the first reason stays.
    private(set) var reason: CancellationReason?
    /// Whether it is past the point of no return.
    private(set) var isSealed = false
    private var handlers: [Handler] = []

    /// Notes the wish, and returns the handlers to call: none when the wish was noted before.
    mutating func ask(_ reason: CancellationReason) throws(OperationError) -> [Handler] {
        guard !self.isSealed else {
            throw OperationError(.operationEnded, "the operation is being completed and can no longer be cancelled")
        }
        guard self.reason == nil else { return [] }
        self.reason = reason
        defer { self.handlers = [] }
        return self.handlers
    }

    /// Keeps a handler, or returns the reason for which it is to be called at once.
    mutating func add(_ handler: @escaping Handler) -> CancellationReason? {
        if let reason { return reason }
        self.handlers.append(handler)
        return nil
    }

    mutating func seal() throws(OperationError) {
        if let reason { throw reason.error }
        self.isSealed = true
    }

    /// Takes the seal back: the work goes on after all.
    mutating func unseal() { self.isSealed = false }

    /// Lets go of what the handlers hold.
    mutating func forgetHandlers() {
        self.handlers = []
    }
}
