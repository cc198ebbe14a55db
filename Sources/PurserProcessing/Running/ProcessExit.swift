import Dispatch
import Glibc

/// Waiting for the end of a process that is not reaped thereby.
enum ProcessExit {
    /// Waits, whatever happens to the task, until a process has ended.
    ///
    /// - Parameter descriptor: The process, as pidfd_open(2) gives it; it stays the caller's.
    /// - Returns: `false` where the system had no descriptor to wait with.
    static func wait(_ descriptor: CInt) async -> Bool {
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&question, 1, 0) == 1 { return true }
        // The source closes what it watches on a thread of its own, at a time of its own: hence a copy.
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { return false }
        await withCheckedContinuation { continuation in
            let source = DispatchSource.makeReadSource(fileDescriptor: copy, queue: .global())
            source.setEventHandler { source.cancel() }
            source.setCancelHandler {
                close(copy)
                continuation.resume()
            }
            source.activate()
        }
        return true
    }

    /// Waits a moment, whatever happens to the task: for the kernel, whose time no test clock moves.
    static func waitForKernel() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) { continuation.resume() }
        }
    }
}
