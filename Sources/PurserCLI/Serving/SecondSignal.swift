import UnixSignals

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The end for those who do not want to wait: the first signal shuts the service down in order, the second at once.
enum SecondSignal {
    /// Ends the process at the second signal; returns when cancelled.
    ///
    /// What was acknowledged is on the disk, and what was not is cleaned up at the next start.
    static func wait() async {
        var count = 0
        for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
            count += 1
            if count > 1 { _exit(128 + signal.rawValue) }
        }
    }
}
