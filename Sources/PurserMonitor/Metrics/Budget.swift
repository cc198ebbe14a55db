import Synchronization

/// An amount that many draw from until it is spent.
final class Budget: Sendable {
    private let left: Atomic<Int>

    init(_ amount: Int) {
        self.left = Atomic(amount)
    }

    /// Takes a part; `false`, and nothing taken, where less is left.
    func take(_ amount: Int) -> Bool {
        var left = self.left.load(ordering: .relaxed)
        while left >= amount {
            let (isDone, found) = self.left.weakCompareExchange(
                expected: left,
                desired: left - amount,
                ordering: .relaxed
            )
            if isDone { return true }
            left = found
        }
        return false
    }
}
