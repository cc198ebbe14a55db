import PurserIdentifiers
import Synchronization

/// What clients know of their files: what was acknowledged, and what was under way when the server died.
final class Journal: Sendable {
    struct Entry: Sendable {
        /// As last acknowledged; `nil` is no file.
        var acknowledged: Content?
        /// What a request without an answer would have made of it.
        var pending: Content??
        /// How often each content was stored under the name, or may have been.
        var stores: [Content: Int] = [:]
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var acknowledgements = 0
        var target = Int.max
        var whenReached: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    var entries: [String: Entry] { self.state.withLock { $0.entries } }
    var acknowledgements: Int { self.state.withLock { $0.acknowledgements } }

    func begin(_ key: String, _ content: Content?) {
        self.state.withLock { state in
            state.entries[key, default: Entry()].pending = .some(content)
            if let content { state.entries[key]?.stores[content, default: 0] += 1 }
        }
    }

    func acknowledge(_ key: String, _ content: Content?) {
        let reached = self.state.withLock { state in
            state.entries[key, default: Entry()].acknowledged = content
            state.entries[key]?.pending = nil
            state.acknowledgements += 1
            guard state.acknowledgements >= state.target else { return CheckedContinuation<Void, Never>?.none }
            defer { state.whenReached = nil }
            return state.whenReached
        }
        reached?.resume()
    }

    /// Returns after so many more acknowledgements.
    func wait(forMore count: Int) async {
        await withCheckedContinuation { continuation in
            self.state.withLock { state in
                state.target = state.acknowledgements + count
                state.whenReached = continuation
            }
        }
    }

    /// Notes what a look at the server showed.
    func settle(_ key: String, _ content: Content?) {
        self.state.withLock { state in
            state.entries[key, default: Entry()].acknowledged = content
            state.entries[key]?.pending = nil
        }
    }
}
