public import Foundation

/// How the bytes of the store grew, hour by hour.
///
/// A pure value of at most ``capacity`` entries, whatever the clock does; it is kept as JSON across restarts.
public struct StorageGrowth: Sendable, Equatable, Codable {
    /// What the store took at the last look of one hour.
    struct Entry: Sendable, Equatable, Codable {
        /// Hours since 1970.
        var hour: Int
        var bytes: Int64
    }

    /// Hours that are remembered: 30 days.
    public static let capacity = 24 * 30
    /// The latest hours from which the growth is taken: 7 days.
    public static let window = 24 * 7
    /// The hours that the entries must cover before a growth is told of.
    public static let leastHours = 24

    private(set) var entries: [Entry] = []

    /// Remembers nothing yet.
    public init() {}

    /// Takes in what the store takes now.
    ///
    /// One entry is kept per hour, the latest. What a clock that went wrong has put into the future is dropped.
    ///
    /// - Parameters:
    ///   - bytes: As kept on the disk.
    ///   - date: Now.
    /// - Returns: Whether an hour began: the moment to write the document down.
    public mutating func note(bytes: Int64, at date: Date) -> Bool {
        let seconds = date.timeIntervalSince1970
        guard seconds.isFinite, abs(seconds) < 1e12 else { return false }
        let hour = Int((seconds / 3600).rounded(.down))
        while let last = self.entries.last, last.hour > hour { self.entries.removeLast() }
        let isNew = self.entries.last?.hour != hour
        if !isNew { self.entries.removeLast() }
        self.entries.append(Entry(hour: hour, bytes: bytes))
        self.entries.removeFirst(max(0, self.entries.count - Self.capacity))
        return isNew
    }

    /// Bytes by which the store grows per day, negative where it shrinks; `nil` until there is evidence of a day.
    ///
    /// The slope of the straight line through the entries of the latest days (least squares).
    public var bytesPerDay: Double? {
        guard let last = self.entries.last else { return nil }
        let recent = self.entries.filter { $0.hour > last.hour - Self.window }
        guard let first = recent.first, last.hour - first.hour >= Self.leastHours else { return nil }
        let count = Double(recent.count)
        let meanHour = recent.reduce(0) { $0 + Double($1.hour - first.hour) } / count
        let meanBytes = recent.reduce(0) { $0 + Double($1.bytes) } / count
        var together = 0.0
        var square = 0.0
        for entry in recent {
            let distance = Double(entry.hour - first.hour) - meanHour
            together += distance * (Double(entry.bytes) - meanBytes)
            square += distance * distance
        }
        return square > 0 ? together / square * 24 : nil
    }

    /// Days until so many bytes more are taken at the present growth; `nil` where it does not grow, or that is not known.
    public func daysUntilFull(availableBytes: Int64) -> Double? {
        guard let bytesPerDay, bytesPerDay > 0 else { return nil }
        return Double(max(0, availableBytes)) / bytesPerDay
    }
}

extension StorageGrowth {
    /// The document to keep.
    func encoded() throws -> String {
        String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    }

    /// Takes a document up.
    ///
    /// - Returns: `nil` where it is none: the growth is then learnt anew.
    init?(document: String) {
        guard let growth = try? JSONDecoder().decode(Self.self, from: Data(document.utf8)),
            growth.entries.count <= Self.capacity,
            zip(growth.entries, growth.entries.dropFirst()).allSatisfy({ $0.hour < $1.hour }),
            growth.entries.allSatisfy({ abs($0.hour) < 1_000_000_000 && $0.bytes >= 0 })
        else { return nil }
        self = growth
    }
}
