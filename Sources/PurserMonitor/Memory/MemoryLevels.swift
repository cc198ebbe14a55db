/// Finds the level of memory, and tells of each crossing once.
///
/// A level is entered at its threshold and left some percent below it, so that a figure that wavers about a threshold is
/// told of once. ``MemoryLevel/exhausted`` is left only below the threshold of ``MemoryLevel/critical``; where the limit of
/// the control group made it so, three quarters of the bytes that did, where those are fewer.
///
/// A pure value.
public struct MemoryLevels: Sendable {
    private let configuration: MemoryConfiguration
    /// The levels that hold now; one may end while a lower one goes on.
    private var held: Set<MemoryLevel> = []

    /// Begins at ``MemoryLevel/normal``.
    public init(_ configuration: MemoryConfiguration = MemoryConfiguration()) {
        self.configuration = configuration
    }

    /// The highest level that holds.
    public var level: MemoryLevel { self.held.max() ?? .normal }

    /// Takes in what was seen.
    ///
    /// - Parameter memory: Without the bytes of the process nothing changes.
    /// - Returns: The levels that were entered, the lowest first, or left, the highest first.
    public mutating func update(_ memory: MemoryFigures) -> [MemoryCrossing] {
        guard let resident = memory.resident else { return [] }
        let limit = memory.groupLimit
        // Children count against the limit of the group too, and not in the process's own figure.
        let grouped = limit == nil ? resident : max(resident, memory.groupHeld ?? 0)
        var crossings: [MemoryCrossing] = []
        for level in MemoryLevel.allCases where level != .normal && !self.held.contains(level) {
            let bytes = level == .exhausted ? grouped : resident
            let threshold = self.threshold(of: level, limit)
            guard bytes >= threshold else { continue }
            self.held.insert(level)
            crossings.append(MemoryCrossing(level: level, isEntered: true, bytes: bytes, threshold: threshold))
        }
        for level in MemoryLevel.allCases.reversed() where self.held.contains(level) {
            let bytes = level == .exhausted ? grouped : resident
            guard bytes < self.end(of: level, limit) else { continue }
            self.held.remove(level)
            let threshold = self.threshold(of: level, limit)
            crossings.append(MemoryCrossing(level: level, isEntered: false, bytes: bytes, threshold: threshold))
        }
        return crossings
    }

    /// The bytes from which a level counts.
    private func threshold(of level: MemoryLevel, _ groupLimit: Int64?) -> Int64 {
        switch level {
        case .normal: return 0
        case .elevated: return self.configuration.elevatedBytes
        case .warning: return self.configuration.warningBytes
        case .critical: return self.configuration.criticalBytes
        case .exhausted:
            guard let groupLimit else { return self.configuration.exhaustedBytes }
            return min(self.configuration.exhaustedBytes, Self.share(self.configuration.groupPercent, of: groupLimit))
        }
    }

    /// The bytes below which it counts no more.
    private func end(of level: MemoryLevel, _ groupLimit: Int64?) -> Int64 {
        let threshold = self.threshold(of: level, groupLimit)
        guard level == .exhausted else {
            return Self.share(100 - self.configuration.hysteresisPercent, of: threshold)
        }
        guard threshold < self.configuration.exhaustedBytes else { return self.configuration.criticalBytes }
        return min(self.configuration.criticalBytes, Self.share(75, of: threshold))
    }

    private static func share(_ percent: Double, of bytes: Int64) -> Int64 {
        Int64(clamping: Int((Double(bytes) * percent / 100).rounded()))
    }
}
