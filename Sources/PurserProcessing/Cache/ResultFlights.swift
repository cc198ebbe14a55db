import PurserCatalog
import Synchronization

/// Has the same work done once where it is asked for several times at the same time.
final class ResultFlights: Sendable {
    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        /// Who waits for work that is under way, in the order in which they came.
        var waiting: [ResultKey: [Waiter]] = [:]
        var lastID: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Does something while nobody else does anything under the key.
    ///
    /// - Throws: What the body throws; `CancellationError` where the task is cancelled before its turn.
    func run<Value>(_ key: ResultKey, _ body: () async throws -> Value) async throws -> Value {
        try await self.begin(key)
        defer { self.end(key) }
        return try await body()
    }

    /// How many wait for their turn.
    var waiting: Int { self.state.withLock { $0.waiting.values.reduce(0) { $0 + $1.count } } }

    private func begin(_ key: ResultKey) async throws {
        try Task.checkCancellation()
        let id = self.state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isFirst = self.state.withLock { state in
                    guard state.waiting[key] != nil else {
                        state.waiting[key] = []
                        return true
                    }
                    state.waiting[key]?.append(Waiter(id: id, continuation: continuation))
                    return false
                }
                if isFirst {
                    continuation.resume()
                } else if Task.isCancelled {
                    // The handler may have run before there was anything to withdraw.
                    self.withdraw(id, key)
                }
            }
        } onCancel: {
            self.withdraw(id, key)
        }
    }

    private func withdraw(_ id: UInt64, _ key: ResultKey) {
        let waiter = self.state.withLock { state -> Waiter? in
            guard let place = state.waiting[key]?.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiting[key]?.remove(at: place)
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    private func end(_ key: ResultKey) {
        let next = self.state.withLock { state -> Waiter? in
            guard let waiting = state.waiting[key], !waiting.isEmpty else {
                state.waiting[key] = nil
                return nil
            }
            return state.waiting[key]?.removeFirst()
        }
        next?.continuation.resume()
    }
}
