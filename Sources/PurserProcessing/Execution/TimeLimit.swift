import PurserOperations

/// Something took longer than it may.
struct TimeLimitReached: Error {}

/// What comes of something that is timed.
private enum TimedEvent<Value: Sendable>: Sendable {
    case ended(Result<Value, any Error>)
    case due
    case cancelled
}

/// Does something and ends it when its time is over.
///
/// It is cancelled then and waited for, so that nothing of it goes on; what it still returns does not count.
///
/// - Parameters:
///   - limit: The longest time.
///   - timeline: Measures it.
///   - body: Ends soon after it is cancelled.
/// - Returns: What the body returned.
/// - Throws: ``TimeLimitReached``; what the body throws.
func withTimeLimit<Value: Sendable>(
    _ limit: Duration,
    on timeline: Timeline,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let until = timeline.elapsed() + limit
    return try await withThrowingTaskGroup(of: TimedEvent<Value>.self) { group in
        group.addTask {
            do {
                return .ended(.success(try await body()))
            } catch {
                return .ended(.failure(error))
            }
        }
        group.addTask {
            do {
                try await timeline.sleep(until)
                return .due
            } catch {
                return .cancelled
            }
        }
        defer { group.cancelAll() }
        while let event = try await group.next() {
            switch event {
            case .ended(let result): return try result.get()
            case .due: throw TimeLimitReached()
            case .cancelled: continue
            }
        }
        preconditionFailure("the body ends")
    }
}
