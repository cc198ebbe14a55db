import DequeModule
import OrderedCollections
import Synchronization

/// Those who observe all operations.
final class UpdateHub: Sendable {
    private struct State {
        var observers: [ObjectIdentifier: HubObserver] = [:]
        var isEnded = false
    }

    private let state = Mutex(State())
    private let hasObservers = Atomic<Bool>(false)

    var isObserved: Bool { self.hasObservers.load(ordering: .acquiring) }

    func add(_ observer: HubObserver) {
        let isEnded = self.state.withLock { state in
            guard !state.isEnded else { return true }
            state.observers[ObjectIdentifier(observer)] = observer
            self.hasObservers.store(true, ordering: .sequentiallyConsistent)
            return false
        }
        if isEnded { observer.signal.end() }
    }

    func remove(_ observer: HubObserver) {
        self.state.withLock { state in
            state.observers[ObjectIdentifier(observer)] = nil
            self.hasObservers.store(!state.observers.isEmpty, ordering: .sequentiallyConsistent)
        }
    }

    func mark(_ operation: Operation) {
        guard self.isObserved else { return }
        for observer in self.state.withLock({ Array($0.observers.values) }) { observer.mark(operation) }
    }

    /// Ends all observers, those who come later too.
    func end() {
        let observers = self.state.withLock { state in
            state.isEnded = true
            return Array(state.observers.values)
        }
        for observer in observers { observer.signal.end() }
    }
}

/// What one observer of all operations has not seen yet: each operation once, however often it changed.
final class HubObserver: Sendable {
    let signal = UpdateSignal()
    private let pending = Mutex<OrderedDictionary<UInt64, Operation>>([:])
    private let limit: Int

    /// - Parameter limit: How many operations may be pending; the longest pending go first.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    func mark(_ operation: Operation) {
        let dropped = self.pending.withLock { pending -> Operation? in
            guard pending.updateValue(operation, forKey: operation.sequence) == nil else { return nil }
            return pending.count > self.limit ? pending.removeFirst().value : nil
        }
        // One that was dropped is heard again at its next change.
        dropped?.arm()
        self.signal.mark()
    }

    /// Takes all that is pending, in the order of their first change.
    func takeAll() -> Deque<Operation> {
        self.pending.withLock { pending in
            defer { pending.removeAll(keepingCapacity: true) }
            return Deque(pending.values)
        }
    }
}
