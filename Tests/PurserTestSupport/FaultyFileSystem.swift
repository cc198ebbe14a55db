public import PurserBlobs
import Synchronization
public import SystemPackage

/// The local disk, with faults on demand: calls that fail, writes cut short, processes killed, power lost.
///
/// Everything really happens on the local disk, so whatever else looks there sees the same. Four kinds of trouble:
/// - ``fail(_:with:on:skipping:times:)`` makes chosen calls fail, or write less than they were given;
/// - ``stop(after:)`` lets so many more calls succeed and then fails all, as if the process had been killed there;
/// - ``losePower(_:)`` takes from the disk what was never synchronized: bytes written since a file's last `synchronize`,
///   and names created, changed or removed since their folder's last `synchronizeDirectory`;
/// - after either, every call fails until ``reopen()``, and files opened before stay dead for ever, their locks free.
///
/// Synchronizing is counted and believed, but not done: the machine that runs the tests keeps its power, and a disk that
/// is waited for at each of thousands of crashes would make them last for hours.
///
/// Only what goes through this object is known to it: what a database writes into the same folder is never taken back.
/// Losing power needs a folder to keep things in, given to ``init(spare:)``.
///
/// One lock is held over all calls, so they happen one at a time; tests can afford it, and the counts are exact.
public final class FaultyFileSystem: FileSystem {
    /// What happens instead of a call.
    public enum Fault: Sendable, Hashable {
        /// It fails, and changes nothing.
        case error(Errno)
        /// A write takes at most so many bytes, at least one. Of no effect on other calls.
        case shortWrite(Int)

        /// The disk is full.
        public static let noSpace = Fault.error(.noSpace)
        /// The disk is broken.
        public static let inputOutput = Fault.error(.ioError)
    }

    struct Rule: Sendable {
        var call: FileSystemCall
        var fault: Fault
        var fragment: String
        var skip: Int
        var times: Int
    }

    struct State: Sendable {
        var rules: [Rule] = []
        var counts: [FileSystemCall: Int] = [:]
        var injected = 0
        var remaining: Int?
        var isDown = false
        var files: [WeakFile] = []
        var journal: LossJournal?
    }

    let base = LocalFileSystem()
    let state: Mutex<State>

    /// The local disk, without any fault yet.
    ///
    /// - Parameter spare: A folder on the same disk, outside of what is tested, needed for ``losePower(_:)`` only.
    public init(spare: FilePath? = nil) {
        self.state = Mutex(State(journal: spare.map { LossJournal(spare: $0) }))
    }

    /// Makes calls fail.
    ///
    /// - Parameters:
    ///   - call: Which kind of call.
    ///   - fault: What happens instead.
    ///   - fragment: Only calls whose path contains this; all of them by default.
    ///   - skipped: So many such calls still succeed.
    ///   - times: So many fail after that; all by default.
    public func fail(
        _ call: FileSystemCall,
        with fault: Fault,
        on fragment: String = "",
        skipping skipped: Int = 0,
        times: Int = .max
    ) {
        let rule = Rule(call: call, fault: fault, fragment: fragment, skip: skipped, times: times)
        self.state.withLock { $0.rules.append(rule) }
    }

    /// Ends all faults asked for by ``fail(_:with:on:skipping:times:)``.
    public func heal() {
        self.state.withLock { $0.rules = [] }
    }

    /// Lets so many more calls happen, and fails all after them, until ``reopen()``.
    public func stop(after calls: Int) {
        self.state.withLock { $0.remaining = calls }
    }

    /// Lets calls happen again, as a new process would make them.
    ///
    /// Faults that were asked for stay.
    public func reopen() {
        let files = self.state.withLock { state in
            state.isDown = false
            state.remaining = nil
            defer { state.files = [] }
            return state.files.compactMap { $0.file }
        }
        for file in files { file.die() }
    }

    /// Faults that really happened.
    public var injectedFaults: Int { self.state.withLock { $0.injected } }

    /// Whether every call fails now.
    public var isDown: Bool { self.state.withLock { $0.isDown } }

    /// Calls made of one kind, failed ones included.
    public func count(of call: FileSystemCall) -> Int { self.state.withLock { $0.counts[call, default: 0] } }

    /// Calls made of all kinds, failed ones included.
    public var callCount: Int { self.state.withLock { $0.counts.values.reduce(0, +) } }

    /// Forgets what was counted.
    public func resetCounts() {
        self.state.withLock { state in
            state.counts = [:]
            state.injected = 0
        }
    }

    /// The one place where calls pass: counts, fails or makes them.
    func perform<Value: Sendable>(
        _ call: FileSystemCall,
        _ path: FilePath,
        _ body: (inout LossJournal?, Fault?) throws(FileSystemError) -> Value
    ) throws(FileSystemError) -> Value {
        try self.state.withLock { (state) throws(FileSystemError) -> Value in
            let fault = try state.admit(call, path)
            return try body(&state.journal, fault)
        }
    }
}

extension FaultyFileSystem.State {
    /// Counts a call and decides what becomes of it.
    ///
    /// - Returns: A fault that does not end the call.
    mutating func admit(_ call: FileSystemCall, _ path: FilePath) throws(FileSystemError) -> FaultyFileSystem.Fault? {
        self.counts[call, default: 0] += 1
        if let remaining = self.remaining {
            if remaining == 0 { self.isDown = true }
            self.remaining = max(0, remaining - 1)
        }
        guard !self.isDown else {
            self.injected += 1
            throw FileSystemError(call, .ioError, path)
        }
        guard let fault = self.fault(for: call, path) else { return nil }
        if case .shortWrite = fault, call != .write { return nil }
        self.injected += 1
        if case .error(let errno) = fault { throw FileSystemError(call, errno, path) }
        return fault
    }

    private mutating func fault(for call: FileSystemCall, _ path: FilePath) -> FaultyFileSystem.Fault? {
        for index in self.rules.indices where self.rules[index].call == call {
            let rule = self.rules[index]
            guard rule.fragment.isEmpty || path.string.contains(rule.fragment) else { continue }
            if rule.skip > 0 {
                self.rules[index].skip -= 1
            } else if rule.times > 0 {
                self.rules[index].times -= 1
                return rule.fault
            }
        }
        return nil
    }
}
