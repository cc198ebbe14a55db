import Synchronization

/// Something that happens once.
final class OnceFlag: Sendable {
    private let state = Atomic(false)

    /// Whether it has happened.
    var isRaised: Bool { self.state.load(ordering: .sequentiallyConsistent) }

    /// Raises the flag.
    ///
    /// - Returns: Whether this call was the first.
    func raise() -> Bool {
        !self.state.exchange(true, ordering: .sequentiallyConsistent)
    }
}
