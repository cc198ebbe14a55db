import DequeModule
import PurserIdentifiers

/// All operations that are alive, and the last that ended.
struct OperationRegistry: Sendable {
    private(set) var operations: [OperationID: Operation] = [:]
    /// Those that ended, oldest first.
    ///
    /// An id may have been used again since: the sequence tells.
    private var finished: Deque<(id: OperationID, sequence: UInt64)> = []
    private var nextSequence: UInt64 = 0
    private let remembered: Int
    private let rememberedHistories: Int

    init(_ configuration: ProgressConfiguration) {
        self.remembered = max(0, configuration.remembered)
        self.rememberedHistories = max(0, configuration.rememberedHistories)
    }

    mutating func add(
        _ id: OperationID,
        _ make: (_ sequence: UInt64) -> Operation
    ) throws(OperationError) -> Operation {
        if let known = self.operations[id], !known.wasRefused {
            let state = known.state.isFinal ? "has ended and is still remembered" : "is under way"
            throw OperationError(.operationExists, "an operation with the id \(id) \(state)")
        }
        let operation = make(self.nextSequence)
        self.nextSequence += 1
        self.operations[id] = operation
        return operation
    }

    /// Notes that an operation ended.
    ///
    /// Returns one whose history is no longer to be kept.
    mutating func end(_ operation: Operation, isRemembered: Bool) -> Operation? {
        guard isRemembered, self.remembered > 0 else {
            self.remove(operation.id, operation.sequence)
            return nil
        }
        self.finished.append((operation.id, operation.sequence))
        if self.finished.count > self.remembered, let oldest = self.finished.popFirst() {
            self.remove(oldest.id, oldest.sequence)
        }
        let index = self.finished.count - 1 - self.rememberedHistories
        guard index >= 0 else { return nil }
        let (id, sequence) = self.finished[index]
        guard let known = self.operations[id], known.sequence == sequence else { return nil }
        return known
    }

    /// The operations, newest first, from after one of them on; none when that one is no longer known.
    func newestFirst(after cursor: OperationID?) -> [Operation] {
        var limit = UInt64.max
        if let cursor {
            guard let known = self.operations[cursor] else { return [] }
            limit = known.sequence
        }
        return self.operations.values.filter { $0.sequence < limit }.sorted { $0.sequence > $1.sequence }
    }

    private mutating func remove(_ id: OperationID, _ sequence: UInt64) {
        guard self.operations[id]?.sequence == sequence else { return }
        self.operations[id] = nil
    }
}
