/// That something took longer than it may.
struct TimeLimitExceeded: Error, CustomStringConvertible {
    var limit: Duration

    var description: String { "took longer than \(self.limit)" }
}

/// Runs a body, and cancels it when it takes too long.
///
/// The body must heed cancellation: it is waited for.
///
/// - Parameters:
///   - limit: How long it may take.
///   - clock: Measures it.
///   - body: Runs in a task of its own.
/// - Returns: What `body` returned.
/// - Throws: ``TimeLimitExceeded``; what `body` throws; `CancellationError`.
func withTimeLimit<Value: Sendable>(
    _ limit: Duration,
    clock: any Clock<Duration>,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await clock.sleep(for: limit)
            throw TimeLimitExceeded(limit: limit)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
