/// A write that waits for its turn.
///
/// Exactly one of its answers is given, exactly once.
struct QueuedWrite: Sendable {
    /// Tells the caller how its write ended: with `nil` it is committed.
    typealias Answer = @Sendable (CatalogError?) -> Void

    /// Bytes of content that it brings into the catalog.
    let inlineBytes: Int
    /// Since when it waits.
    let queuedAt = ContinuousClock.now
    /// Does the work within a transaction; the answer is given after the commit.
    let perform: @Sendable (WriteTransaction) throws -> Answer
    /// Tells the caller that the write was not done.
    let refuse: @Sendable (any Error) -> Void

    /// A write that nobody waits for.
    init(body: @escaping @Sendable (WriteTransaction) throws -> Void) {
        self.inlineBytes = 0
        self.perform = { transaction in
            try body(transaction)
            return { _ in }
        }
        self.refuse = { _ in }
    }

    init<Value: Sendable>(
        inlineBytes: Int,
        continuation: CheckedContinuation<Value, any Error>,
        body: @escaping @Sendable (WriteTransaction) throws -> Value
    ) {
        self.inlineBytes = inlineBytes
        self.perform = { transaction in
            let value = try body(transaction)
            return { failure in
                if let failure {
                    continuation.resume(throwing: failure)
                } else {
                    continuation.resume(returning: value)
                }
            }
        }
        self.refuse = { continuation.resume(throwing: $0) }
    }
}
