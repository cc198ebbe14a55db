import Foundation

/// How long a thread has waited for a processor while it could have run: how much others want the processors.
struct ProcessorWait {
    private let thread: pthread_t
    private let waited: Duration

    /// That of the current thread since it began, which costs some microseconds; `nil` where the system does not tell.
    ///
    /// The second number of `schedstat`, in nanoseconds (Linux, Documentation/scheduler/sched-stats.rst).
    static func now() -> ProcessorWait? {
        let file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let text = String(unsafeUninitializedCapacity: 64) { max(0, read(file, $0.baseAddress, $0.count)) }
        let numbers = text.split(separator: " ")
        guard numbers.count > 1, let waited = Int64(numbers[1]) else { return nil }
        return ProcessorWait(thread: pthread_self(), waited: .nanoseconds(waited))
    }

    /// What came to it since an earlier look; zero where that was on another thread, as nothing is known then.
    func since(_ earlier: ProcessorWait) -> Duration {
        guard pthread_equal(self.thread, earlier.thread) != 0 else { return .zero }
        return max(.zero, self.waited - earlier.waited)
    }
}
