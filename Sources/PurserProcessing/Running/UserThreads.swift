import Glibc

/// The limit on threads that a program is started with, which the system counts for the user as a whole.
///
/// So it can only be a fence behind the counting of processes: as many as the user has now, and then plenty. It does not
/// bind the superuser.
enum UserThreads {
    private static let plenty = 1024

    /// What a program is started with that may have so many processes; `nil` for the superuser.
    static func limit(for processes: Int) -> Int? {
        guard geteuid() != 0 else { return nil }
        return Self.count() + max(Self.plenty, processes * 64)
    }

    /// The threads that the processes of this user have.
    private static func count() -> Int {
        let user = geteuid()
        return ProcessTable.processes().reduce(0) { sum, process in
            var status = stat()
            guard stat("/proc/\(process)", &status) == 0, status.st_uid == user else { return sum }
            return sum + Self.threads(of: process)
        }
    }

    private static func threads(of process: Int32) -> Int {
        var status = stat()
        // The folder of the threads has a link from each of them, and two more.
        guard stat("/proc/\(process)/task", &status) == 0 else { return 0 }
        return max(0, Int(status.st_nlink) - 2)
    }
}
