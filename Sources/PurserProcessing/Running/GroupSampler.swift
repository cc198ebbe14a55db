import Glibc
import PurserOperations
import Synchronization

/// What a process group uses together.
struct GroupUsage: Sendable {
    /// Processes that have not ended.
    var processes = 0
    /// Bytes of memory, as resident; what they share counts for each.
    var memory = 0
    /// CPU time of them, and of the children that they have waited for.
    var cpuTime = Duration.zero

    mutating func add(_ process: ProcessUsage) {
        self.cpuTime += process.time
        guard !process.hasEnded else { return }
        self.processes += 1
        self.memory += process.memory
    }
}

/// Looks at what process groups use, once for all that ask at about the same time.
///
/// Looking costs some ten microseconds for each process of the system: nobody looks while no tool runs.
final class GroupSampler: Sendable {
    /// For how long what was seen is good enough for another.
    private static let freshness = Duration.milliseconds(10)

    private struct Sight {
        var at: Duration
        var groups: [Int32: GroupUsage]
    }

    private let timeline: Timeline
    private let last = Mutex<Sight?>(nil)

    init(_ timeline: Timeline) {
        self.timeline = timeline
    }

    /// What a group uses now.
    @concurrent
    func usage(of group: Int32) async -> GroupUsage {
        let now = self.timeline.elapsed()
        let seen = self.last.withLock { last in
            last.flatMap { now - $0.at < Self.freshness ? $0.groups : nil }
        }
        // A group that began since then is not in it.
        if let usage = seen?[group] { return usage }
        let groups = Self.look()
        self.last.withLock { $0 = Sight(at: now, groups: groups) }
        return groups[group] ?? GroupUsage()
    }

    /// How many processes of a group have not ended.
    static func living(in group: Int32) -> Int {
        Self.look()[group]?.processes ?? 0
    }

    private static func look() -> [Int32: GroupUsage] {
        var groups: [Int32: GroupUsage] = [:]
        for process in ProcessTable.processes() {
            guard let usage = ProcessTable.usage(of: process) else { continue }
            groups[usage.group, default: GroupUsage()].add(usage)
        }
        return groups
    }
}
