import DequeModule
import PurserIdentifiers

/// Knows all scratch files, and decides who gets the next place.
///
/// Pure: it touches no disk and wakes nobody.
struct ScratchRegistry: Sendable {
    /// A place that was taken: the scratch file is being made, is there, or could not be removed.
    struct Entry: Sendable {
        let operation: Operation
        let scope: String
        let path: String
        /// Whether it has been made: before, nobody but its scope may remove it.
        var isMade = false
        /// Whether its scope has ended: nobody uses it any more.
        var isLeft = false
        /// Whether somebody is removing it now.
        var isBeingRemoved = false
        var attempts = 0
        var message: String?
        /// When it is worth another attempt.
        var retryAt: Duration = .zero
    }

    /// One that waits for a place.
    struct Waiter: Sendable {
        let number: UInt64
        let wait: AdmissionWait
    }

    /// The longest time between two attempts to remove something.
    static let longestPause: Duration = .seconds(60)

    private let limit: Int
    private(set) var entries: [UInt64: Entry] = [:]
    private var waiters: Deque<Waiter> = []
    /// Places promised to waiters that have not made their file yet.
    private var promised = 0
    private var nextNumber: UInt64 = 0
    private(set) var figures = ScratchFigures()

    init(limit: Int) {
        self.limit = max(1, limit)
        self.figures.limit = self.limit
    }

    mutating func makeNumber() -> UInt64 {
        self.nextNumber += 1
        return self.nextNumber
    }

    /// Takes a place where one is free and nobody waits for it.
    mutating func takePlace() -> Bool {
        guard self.waiters.isEmpty, self.entries.count + self.promised < self.limit else { return false }
        self.promised += 1
        return true
    }

    /// Puts an asker to the end of the line; `false` where a place became free meanwhile, which is then taken.
    mutating func append(_ waiter: Waiter) -> Bool {
        guard !self.takePlace() else { return false }
        self.waiters.append(waiter)
        return true
    }

    /// One that waited leaves without a place.
    mutating func withdraw(_ number: UInt64) {
        self.waiters.removeAll { $0.number == number }
        self.figures.refused += 1
    }

    /// Gives free places to those who wait longest; they are then to be told.
    mutating func promise() -> [Waiter] {
        var chosen: [Waiter] = []
        while self.entries.count + self.promised < self.limit, let waiter = self.waiters.popFirst() {
            self.promised += 1
            chosen.append(waiter)
        }
        return chosen
    }

    /// A place that was taken is not used.
    mutating func returnPlace() { self.promised -= 1 }

    /// Counts one that got no place without having waited.
    mutating func countRefusal() { self.figures.refused += 1 }

    /// Turns a place into an entry.
    mutating func add(_ entry: Entry, _ number: UInt64) {
        self.promised -= 1
        self.entries[number] = entry
        self.figures.highWater = max(self.figures.highWater, self.entries.count)
    }

    mutating func noteMade(_ number: UInt64) {
        self.entries[number]?.isMade = true
        self.figures.made += 1
    }

    mutating func leave(_ number: UInt64) { self.entries[number]?.isLeft = true }

    /// Takes the right to remove an entry; `nil` where it is gone or another is at it.
    mutating func beginRemoval(_ number: UInt64) -> Entry? {
        guard let entry = self.entries[number], !entry.isBeingRemoved, entry.isMade || entry.isLeft else { return nil }
        self.entries[number]?.isBeingRemoved = true
        return entry
    }

    /// Whether the operation of an entry has another one that nobody is removing.
    func hasOther(_ entry: Entry) -> Bool {
        self.entries.values.contains { other in
            other.operation === entry.operation && other.path != entry.path && !other.isBeingRemoved
        }
    }

    mutating func endRemoval(_ number: UInt64, failure: String?, at now: Duration) {
        guard let failure else {
            if self.entries.removeValue(forKey: number)?.isMade == true { self.figures.removed += 1 }
            return
        }
        guard var entry = self.entries[number] else { return }
        entry.isBeingRemoved = false
        entry.attempts += 1
        entry.message = failure
        let pause = Duration.seconds(1 << min(entry.attempts - 1, 6))
        entry.retryAt = now + min(pause, Self.longestPause)
        self.entries[number] = entry
        self.figures.failedRemovals += 1
    }

    var count: Int { self.entries.count }

    /// The figures as they are now.
    var present: ScratchFigures {
        var figures = self.figures
        figures.count = self.entries.count
        figures.waiting = self.waiters.count
        return figures
    }

    /// What could not be removed so far, oldest first.
    var failures: [ScratchFailure] {
        self.entries.sorted { $0.key < $1.key }.compactMap { Self.failure($0.value) }
    }

    func failure(_ number: UInt64) -> ScratchFailure? { self.entries[number].flatMap(Self.failure) }

    private static func failure(_ entry: Entry) -> ScratchFailure? {
        guard let message = entry.message else { return nil }
        return ScratchFailure(
            operation: entry.operation.id,
            scope: entry.scope,
            path: entry.path,
            attempts: entry.attempts,
            message: message
        )
    }
}
