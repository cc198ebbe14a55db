import Foundation
import Synchronization
import SystemPackage

/// Takes lines of the log and writes them to standard error from a thread of its own.
///
/// Nobody who logs waits for the one who reads: when lines pile up because the pipe is full, the newest are dropped and
/// counted. What is a warning or worse is written at once, the rest within ``delay``.
final class LogSink: Sendable {
    /// Bytes that may wait to be written.
    static let capacity = 1 << 20
    /// How long lines below a warning may wait, so that many share one call of the system.
    static let delay = 0.1

    private struct State {
        var bytes: [UInt8] = []
        var dropped = 0
        var isUrgent = false
        var isClosed = false
        var isWriting = false
    }

    private let condition = NSCondition()
    private let state = Mutex(State())
    private let descriptor: FileDescriptor

    /// Starts the thread.
    init(_ descriptor: FileDescriptor = .standardError) {
        self.descriptor = descriptor
        let thread = Thread { [self] in self.run() }
        thread.name = "purser-log"
        thread.start()
    }

    /// Takes a line, which ends in a line feed.
    func take(_ line: some Collection<UInt8>, isUrgent: Bool) {
        let wakes = self.state.withLock { state in
            guard state.bytes.count + line.count <= Self.capacity else {
                state.dropped += 1
                return false
            }
            let wasEmpty = state.bytes.isEmpty
            state.bytes += line
            state.isUrgent = state.isUrgent || isUrgent
            return wasEmpty || isUrgent
        }
        if wakes { self.signal() }
    }

    /// Writes what is waiting and returns; gives up after a second, as nobody may be reading.
    func flush() {
        let deadline = Date(timeIntervalSinceNow: 1)
        self.state.withLock { $0.isUrgent = true }
        self.signal()
        self.condition.lock()
        defer { self.condition.unlock() }
        while self.state.withLock({ !$0.bytes.isEmpty || $0.isWriting }), self.condition.wait(until: deadline) {}
    }

    private func signal() {
        self.condition.lock()
        self.condition.broadcast()
        self.condition.unlock()
    }

    private func run() {
        while true {
            self.await { !$0.bytes.isEmpty }
            self.awaitMore()
            self.write()
            self.signal()
        }
    }

    private func `await`(_ condition: (State) -> Bool) {
        self.condition.lock()
        defer { self.condition.unlock() }
        while !self.state.withLock({ condition($0) }) { self.condition.wait() }
    }

    /// Lets lines come together, unless one is urgent.
    private func awaitMore() {
        let deadline = Date(timeIntervalSinceNow: Self.delay)
        self.condition.lock()
        defer { self.condition.unlock() }
        while !self.state.withLock({ $0.isUrgent || $0.bytes.count > Self.capacity / 4 }),
            self.condition.wait(until: deadline)
        {}
    }

    private func write() {
        let (bytes, dropped) = self.state.withLock { state in
            defer {
                state.bytes.removeAll(keepingCapacity: true)
                state.dropped = 0
                state.isUrgent = false
                state.isWriting = true
            }
            return (state.bytes, state.dropped)
        }
        // Nobody reads standard error any more: there is nobody to tell.
        _ = try? self.descriptor.writeAll(bytes)
        if dropped > 0 { _ = try? self.descriptor.writeAll("\(dropped) lines of the log were dropped\n".utf8) }
        self.state.withLock { $0.isWriting = false }
    }
}
