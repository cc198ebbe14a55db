/// Values that were used lately, within a bound on what they cost together.
///
/// Two generations: what is used moves to the young one, and when that is full the old one goes as a whole. So the cost
/// of every call is that of a dictionary, and something stays for between half a bound and a bound of use after it was
/// last asked for.
package struct RecentValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        var value: Value
        var cost: Int
    }

    private let generationLimit: Int
    private var young: [Key: Entry] = [:]
    private var old: [Key: Entry] = [:]
    private var youngCost = 0
    private var oldCost = 0
    /// How many went to make room for others.
    package private(set) var evictions = 0

    /// Makes an empty collection.
    ///
    /// - Parameter capacity: What all values may cost together, in the unit of ``insert(_:for:cost:)``; 0 keeps nothing.
    package init(capacity: Int) {
        self.generationLimit = capacity / 2
    }

    /// What all values cost together.
    package var cost: Int { self.youngCost + self.oldCost }

    /// How many there are.
    package var count: Int { self.young.count + self.old.count }

    /// Looks a value up, which counts as a use of it.
    package mutating func value(for key: Key) -> Value? {
        if let entry = self.young[key] { return entry.value }
        guard let entry = self.old.removeValue(forKey: key) else { return nil }
        self.oldCost -= entry.cost
        self.insert(entry, for: key)
        return entry.value
    }

    /// Keeps a value, in the place of another under the key.
    ///
    /// One that costs more than half of all may is not kept.
    package mutating func insert(_ value: Value, for key: Key, cost: Int) {
        self.remove(key)
        self.insert(Entry(value: value, cost: cost), for: key)
    }

    private mutating func insert(_ entry: Entry, for key: Key) {
        guard entry.cost <= self.generationLimit else { return }
        if self.youngCost + entry.cost > self.generationLimit {
            self.evictions += self.old.count
            self.old = self.young
            self.oldCost = self.youngCost
            self.young = [:]
            self.youngCost = 0
        }
        self.young[key] = entry
        self.youngCost += entry.cost
    }

    /// Drops the value under a key, if any.
    package mutating func remove(_ key: Key) {
        if let entry = self.young.removeValue(forKey: key) { self.youngCost -= entry.cost }
        if let entry = self.old.removeValue(forKey: key) { self.oldCost -= entry.cost }
    }

    /// Drops everything, and gives the memory back.
    package mutating func removeAll() {
        let evictions = self.evictions
        self = Self(capacity: self.generationLimit * 2)
        self.evictions = evictions
    }
}
