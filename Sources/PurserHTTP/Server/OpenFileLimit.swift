import Foundation

/// How many files and sockets the process may have open.
public enum OpenFileLimit {
    /// What the service needs for itself: the catalog's files, the lock, the listening socket, the event loops.
    private static let own = 48

    #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    private static let resource = RLIMIT_NOFILE
    #endif

    /// Takes all that the system allows.
    ///
    /// Where it does not allow more, fewer connections are taken at a time.
    public static func raise() {
        var limit = rlimit()
        guard getrlimit(self.resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Where it is refused, less has to do.
        _ = setrlimit(self.resource, &limit)
    }

    /// How many connections fit, each with the one file that its transfer has open; at least 4.
    static var connections: Int {
        var limit = rlimit()
        guard getrlimit(self.resource, &limit) == 0 else { return 4 }
        return max(4, (Int(clamping: limit.rlim_cur) - self.own) / 2)
    }
}
