import Synchronization

/// Something that has happened or not, for tasks that look at it.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { self.value.load(ordering: .acquiring) }

    func raise() { self.value.store(true, ordering: .releasing) }
}
