import Synchronization

/// A door that is shut until it is opened, once and for all.
final class TestGate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func open() {
        let waiters = self.state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// Counts, and lets tests wait for a count to be reached.
final class TestCounter: Sendable {
    private let state = Mutex<(count: Int, waiters: [(goal: Int, gate: TestGate)])>((0, []))

    var count: Int { self.state.withLock { $0.count } }

    func increment() {
        let reached = self.state.withLock { state in
            state.count += 1
            let count = state.count
            defer { state.waiters.removeAll { $0.goal <= count } }
            return state.waiters.filter { $0.goal <= count }
        }
        for waiter in reached { waiter.gate.open() }
    }

    func reach(_ goal: Int) async {
        let gate = TestGate()
        let isThere = self.state.withLock { state in
            if state.count < goal { state.waiters.append((goal, gate)) }
            return state.count >= goal
        }
        if !isThere { await gate.wait() }
    }
}
