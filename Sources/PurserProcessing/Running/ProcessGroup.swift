import Glibc
import Subprocess
import Synchronization

/// The process group of a program that runs: what ends it, and how.
final class ProcessGroup: Sendable {
    /// Why Purser ended a program.
    enum Stop: Sendable, Hashable {
        case time
        case cpuTime
        case memory(Int)
        /// It held so much, and no more could be reserved for its file.
        case unreserved(Int)
        case processes(Int)
        case output
        case diskFull
        case descriptors
        /// Nobody needs it any longer.
        case dismissed
    }

    private struct State {
        var stop: Stop?
        var isOver = false
    }

    /// The leader's number, which is the group's.
    let leader: Int32
    private let descriptor: CInt
    private let state = Mutex(State())

    init(_ identifier: ProcessIdentifier) {
        self.leader = identifier.value
        self.descriptor = identifier.processDescriptor
    }

    /// Why Purser ended it; `nil` where it ended by itself.
    var stop: Stop? { self.state.withLock { $0.stop } }

    /// Whether the leader has ended, and all others were killed.
    var isOver: Bool { self.state.withLock { $0.isOver } }

    /// Ends all of the group at once.
    ///
    /// There is nothing that a program could tidy up: its folder goes with it.
    func stop(_ reason: Stop) {
        self.state.withLock { state in
            // Once the leader may be reaped, its number may be another's.
            guard !state.isOver else { return }
            if state.stop == nil { state.stop = reason }
            kill(-self.leader, SIGKILL)
        }
    }

    /// Waits until the leader has ended, and then kills what it left.
    ///
    /// The leader is not reaped before this has returned, so that its number is nobody else's. The kernel lets no fork
    /// through once the signal is there, so that one signal reaches all of the group.
    ///
    /// - Parameter mark: What those are known by that left the group.
    /// - Returns: What the leader used.
    func end(_ mark: ProcessMark) async -> ProcessUsage? {
        if !(await ProcessExit.wait(self.descriptor)) {
            self.stop(.descriptors)
        }
        let usage = ProcessTable.usage(of: self.leader)
        self.state.withLock { state in
            kill(-self.leader, SIGKILL)
            state.isOver = true
        }
        mark.killCarriers(after: self.leader)
        return usage
    }

    /// Waits until the kernel is done with the group, at most a second.
    ///
    /// To be called when the leader is reaped. What was killed may still be on its way out on another core.
    static func settle(_ leader: Int32) async {
        for _ in 0..<1000 {
            // Where this process is the system's first one, or a subreaper, orphans are its own to reap.
            while waitpid(-leader, nil, WNOHANG) > 0 {}
            if kill(-leader, 0) != 0 || GroupSampler.living(in: leader) == 0 { return }
            await ProcessExit.waitForKernel()
        }
    }
}
