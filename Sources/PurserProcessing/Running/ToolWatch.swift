import Glibc
import PurserOperations
import Synchronization

/// Watches what a running program takes, and ends it where that is too much.
final class ToolWatch: Sendable {
    /// What was seen.
    struct Sight: Sendable {
        var peakMemory = 0
        var cpuTime = Duration.zero
    }

    private static let grace = Duration.milliseconds(500)

    private let limits: StepLimits
    private let folder: String
    private let freeSpaceFloor: Int64
    private let timeline: Timeline
    private let sampler: GroupSampler
    private let account: MemoryAccount?
    private let sight = Mutex(Sight())

    init(
        _ limits: StepLimits,
        folder: String,
        freeSpaceFloor: Int64,
        _ timeline: Timeline,
        _ sampler: GroupSampler,
        _ account: MemoryAccount?
    ) {
        self.limits = limits
        self.folder = folder
        self.freeSpaceFloor = freeSpaceFloor
        self.timeline = timeline
        self.sampler = sampler
        self.account = account
    }

    /// What was seen until now.
    var seen: Sight { self.sight.withLock { $0 } }

    /// Watches until the task is cancelled, or the program was ended.
    ///
    /// The time limit is kept exactly. Memory is looked at 20 ms after the begin, then every 100 ms, and every 20 ms
    /// while more than half of what is allowed is in use.
    ///
    /// - Parameters:
    ///   - group: The program.
    ///   - begin: When it began, on the timeline.
    func watch(_ group: ProcessGroup, since begin: Duration) async {
        defer { self.account?.forget(group.leader) }
        let end = begin + self.limits.time
        var interval = Duration.milliseconds(20)
        while true {
            let next = min(end, self.timeline.elapsed() + interval)
            do {
                try await self.timeline.sleep(next)
            } catch {
                // Whoever cancels it at the end of its time, as who limits a whole step does, leaves it none to tidy up.
                if self.timeline.elapsed() + Self.grace >= end { group.stop(.time) }
                return
            }
            if self.timeline.elapsed() >= end { return group.stop(.time) }
            let usage = await self.sampler.usage(of: group.leader)
            self.note(usage)
            if let reason = self.excess(usage) { return group.stop(reason) }
            if let account, !account.note(group.leader, holds: usage.memory) {
                return group.stop(.unreserved(usage.memory))
            }
            interval = usage.memory > self.limits.memory / 2 ? .milliseconds(20) : .milliseconds(100)
        }
    }

    private func note(_ usage: GroupUsage) {
        self.sight.withLock { sight in
            sight.peakMemory = max(sight.peakMemory, usage.memory)
            sight.cpuTime = max(sight.cpuTime, usage.cpuTime)
        }
    }

    private func excess(_ usage: GroupUsage) -> ProcessGroup.Stop? {
        if usage.memory > self.limits.memory { return .memory(usage.memory) }
        if usage.processes > self.limits.processes { return .processes(usage.processes) }
        if usage.cpuTime > self.limits.cpuTime { return .cpuTime }
        return self.isDiskFull() ? .diskFull : nil
    }

    private func isDiskFull() -> Bool {
        var system = statvfs()
        // A folder that cannot be asked is the program's own trouble.
        guard statvfs(self.folder, &system) == 0 else { return false }
        let (free, overflow) = Int64(clamping: system.f_bavail).multipliedReportingOverflow(by: Int64(system.f_frsize))
        return !overflow && free < self.freeSpaceFloor
    }
}
