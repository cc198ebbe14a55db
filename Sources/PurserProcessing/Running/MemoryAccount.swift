import Synchronization

/// The memory that is reserved for a file while programs work on it.
///
/// It begins with what the pipeline expects, which is less than what its programs may hold at most. Where they hold more than
/// that, more is reserved before they go on, so that what is reserved for all files never falls behind what is held. Where
/// there is no more, the program is ended, and its file begins again once all is free that it may ever need.
public final class MemoryAccount: Sendable {
    /// Of the file in whose task this is asked; `nil` elsewhere.
    @TaskLocal public static var current: MemoryAccount?

    /// What is asked for at least when more is needed, so that a program that grows does not ask at each look.
    private static let step = 8 << 20

    private struct State {
        var reserved: Int
        /// What process groups hold that work on the file, by their leaders.
        var held: [Int32: Int] = [:]
    }

    private let state: Mutex<State>
    private let grow: @Sendable (Int) -> Bool

    /// Begins with what is reserved already.
    ///
    /// - Parameters:
    ///   - reserved: Bytes.
    ///   - grow: Reserves so many more bytes at once, or says that it cannot.
    public init(reserved: Int, grow: @escaping @Sendable (Int) -> Bool) {
        self.state = Mutex(State(reserved: reserved))
        self.grow = grow
    }

    /// Takes note of what a process group holds.
    ///
    /// - Parameters:
    ///   - leader: Names the group.
    ///   - bytes: As resident.
    /// - Returns: Whether that much is reserved.
    func note(_ leader: Int32, holds bytes: Int) -> Bool {
        let (missing, more) = self.state.withLock { state -> (Int, Int) in
            state.held[leader] = bytes
            let missing = state.held.values.reduce(0) { $0 + $1 } - state.reserved
            guard missing > 0 else { return (0, 0) }
            let more = max(missing, Self.step)
            // Counted before it is asked for, outside the lock, so that nobody else of the file asks for the same.
            state.reserved += more
            return (missing, more)
        }
        guard more > 0, !self.grow(more) else { return true }
        // Perhaps there is no more than what is needed now.
        let got = missing < more && self.grow(missing) ? missing : 0
        self.state.withLock { $0.reserved -= more - got }
        return got > 0
    }

    /// A process group holds nothing any more.
    func forget(_ leader: Int32) {
        self.state.withLock { _ = $0.held.removeValue(forKey: leader) }
    }
}
