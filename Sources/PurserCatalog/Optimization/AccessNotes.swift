import PurserIdentifiers
import Synchronization

/// When files were read, as far as it is worth a write.
///
/// A note costs a look into a dictionary. It is kept where none was made for the file within the hour; those that
/// gather are written together, so that reads never wait for a write and cause few.
final class AccessNotes: Sendable {
    typealias Name = FileCache.Name

    /// How long one note stands for all reads of a file, in milliseconds.
    static let interval: Int64 = 3_600_000
    /// How long a note waits for others, in milliseconds.
    static let patience: Int64 = 60_000
    /// How many are written together.
    static let batch = 512

    private struct State {
        var recent: RecentValues<Name, Int64>
        var pending: [Name: Int64] = [:]
        var oldest: Int64 = .max
    }

    private let state: Mutex<State>

    /// Makes an empty collection.
    ///
    /// - Parameter capacity: Bytes of memory, roughly.
    init(capacity: Int) {
        self.state = Mutex(State(recent: RecentValues(capacity: capacity)))
    }

    /// Notes a read.
    ///
    /// - Returns: The notes to be written now; as a rule none.
    func note(_ name: Name, at time: Int64) -> [Name: Int64] {
        self.state.withLock { state in
            if let last = state.recent.value(for: name), time - last < Self.interval, time >= last { return [:] }
            state.recent.insert(time, for: name, cost: 150 + 2 * name.key.text.utf8.count)
            state.pending[name] = time
            state.oldest = min(state.oldest, time)
            guard state.pending.count >= Self.batch || time - state.oldest >= Self.patience else { return [:] }
            return Self.take(&state)
        }
    }

    /// Takes all notes that were not written yet.
    func takeAll() -> [Name: Int64] {
        self.state.withLock { Self.take(&$0) }
    }

    /// When a file was last noted to be read, of late and in this process.
    func last(_ name: Name) -> Int64? {
        self.state.withLock { $0.pending[name] ?? $0.recent.value(for: name) }
    }

    private static func take(_ state: inout State) -> [Name: Int64] {
        defer {
            state.pending = [:]
            state.oldest = .max
        }
        return state.pending
    }
}
