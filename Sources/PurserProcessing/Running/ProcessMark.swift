import Foundation
import Glibc

/// What the processes of one run are known by, also those that left its process group.
///
/// A program may fork twice and begin a session of its own; its parent is then the system's first process, and nothing
/// but its environment tells where it came from. So each run gets a variable with a value of its own, and when the run
/// has ended, what still carries it is killed. (A subreaper would find such processes too, but it is a setting of the
/// whole process: it would hand a program that merely uses the library the orphans of all its children, to be reaped.)
/// A program that clears its environment as well escapes; nothing short of a namespace would hold it.
struct ProcessMark: Sendable {
    /// The variable's name.
    static let name = "PURSER_RUN"
    /// A program that forks faster than it is killed is given up after so many rounds.
    private static let maxRounds = 100
    /// So many rounds in which processes were gone before they could be looked at make sure that none of ours fled.
    private static let maxVanishedRounds = 20

    /// What a look at a process says.
    private enum Look {
        case carrier
        case other
        /// It ended between being listed and being looked at; it may have forked before.
        case vanished
    }

    /// The variable's value: whom the run belongs to, and what is different for each.
    let value: String

    init(owner: String?) {
        self.value = "\(owner ?? "").\(UUID().uuidString)"
    }

    /// Kills what carries the mark, until nothing does.
    ///
    /// - Parameter leader: The first process of the run: only later ones are looked at, unless numbers began anew.
    func killCarriers(after leader: Int32) {
        let isAnew = ProcessTable.lastProcess() < leader
        Self.killCarriers(of: "\(Self.name)=\(self.value)", isWhole: true) { $0 > leader || isAnew }
    }

    /// Kills what carries any mark of an owner: what an earlier process left when it was killed itself.
    ///
    /// - Parameter owner: Whom the runs belonged to.
    /// - Returns: How many processes that were.
    static func killLeftovers(of owner: String) -> Int {
        Self.killCarriers(of: "\(Self.name)=\(owner).", isWhole: false) { _ in true }
    }

    @discardableResult
    private static func killCarriers(
        of text: String,
        isWhole: Bool,
        among isCandidate: (Int32) -> Bool
    ) -> Int {
        let entry = Array(text.utf8)
        var killed: Set<Int32> = []
        var vanishedRounds = 0
        for _ in 0..<Self.maxRounds {
            // The newest first: one that forks and ends, again and again, is met only as long as it is new.
            let newest = ProcessTable.lastProcess()
            let listed = newest > 0 ? [newest] + ProcessTable.processes() : ProcessTable.processes()
            var hasVanished = false
            var hasCarrier = false
            for process in listed where isCandidate(process) {
                switch Self.look(at: process, for: entry, isWhole) {
                case .carrier:
                    Self.kill(process)
                    killed.insert(process)
                    hasCarrier = true
                case .other: break
                case .vanished: hasVanished = true
                }
            }
            if hasCarrier { continue }
            vanishedRounds += 1
            if !hasVanished || vanishedRounds >= Self.maxVanishedRounds { break }
        }
        return killed.count
    }

    /// Kills a process and all of its group: one that forks and ends, again and again, is not caught alone.
    ///
    /// No group of ours can have others in it: a process can only join groups of its session, and that began with us.
    private static func kill(_ process: Int32) {
        if let group = ProcessTable.usage(of: process)?.group, group > 1, group != getpgrp() {
            Glibc.kill(-group, SIGKILL)
        }
        Glibc.kill(process, SIGKILL)
        // Where this process is the system's first one, or a subreaper, the orphan is its own to reap.
        waitpid(process, nil, WNOHANG)
    }

    private static func look(at process: Int32, for entry: [UInt8], _ isWhole: Bool) -> Look {
        let descriptor = open("/proc/\(process)/environ", O_RDONLY | O_CLOEXEC)
        // The processes of other users cannot be looked at: they are none of ours.
        guard descriptor >= 0 else { return errno == ENOENT || errno == ESRCH ? .vanished : .other }
        defer { close(descriptor) }
        // The whole environment is as large as all arguments may be: that much is never needed, as it was given by us.
        return withUnsafeTemporaryAllocation(byteCount: 128 * 1024, alignment: 1) { buffer in
            guard let base = buffer.baseAddress else { return .other }
            var count = 0
            while count < buffer.count {
                let got = read(descriptor, base + count, buffer.count - count)
                if got <= 0 { break }
                count += got
            }
            // One that has ended has no environment any more; threads of the kernel never had one.
            guard count > 0 else { return ProcessTable.usage(of: process)?.hasEnded ?? true ? .vanished : .other }
            return entry.withUnsafeBytes { Self.variables(base, count, contain: $0, isWhole) } ? .carrier : .other
        }
    }

    private static func variables(
        _ base: UnsafeMutableRawPointer,
        _ count: Int,
        contain entry: UnsafeRawBufferPointer,
        _ isWhole: Bool
    ) -> Bool {
        guard let wanted = entry.baseAddress else { return false }
        var position = 0
        while position < count {
            let length = strnlen(base + position, count - position)
            let fits = isWhole ? length == entry.count : length > entry.count
            if fits, memcmp(base + position, wanted, entry.count) == 0 { return true }
            position += length + 1
        }
        return false
    }
}
