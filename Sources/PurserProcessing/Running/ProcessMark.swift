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

    /// The variable's value: different for each run.
    let value = UUID().uuidString

    /// Kills what carries the mark, until nothing does.
    ///
    /// - Parameter leader: The first process of the run: only later ones are looked at, unless numbers began anew.
    func killCarriers(after leader: Int32) {
        let entry = Array("\(Self.name)=\(self.value)".utf8)
        // Each round kills all that are there; a program that forks faster than it is killed loses in the end.
        for _ in 0..<100 {
            let last = ProcessTable.lastProcess()
            let carriers = ProcessTable.processes().filter { process in
                (process > leader || last < leader) && Self.environment(of: process, contains: entry)
            }
            if carriers.isEmpty { return }
            for carrier in carriers {
                kill(carrier, SIGKILL)
                // Where this process is the system's first one, or a subreaper, the orphan is its own to reap.
                waitpid(carrier, nil, WNOHANG)
            }
        }
    }

    private static func environment(of process: Int32, contains entry: [UInt8]) -> Bool {
        let descriptor = open("/proc/\(process)/environ", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // The whole environment is as large as all arguments may be: that much is never needed, as it was given by us.
        return withUnsafeTemporaryAllocation(byteCount: 128 * 1024, alignment: 1) { buffer in
            var count = 0
            while count < buffer.count {
                let got = read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
                if got <= 0 { break }
                count += got
            }
            guard let base = buffer.baseAddress else { return false }
            return entry.withUnsafeBytes { Self.variables(base, count, contain: $0) }
        }
    }

    private static func variables(
        _ base: UnsafeMutableRawPointer,
        _ count: Int,
        contain entry: UnsafeRawBufferPointer
    ) -> Bool {
        guard let wanted = entry.baseAddress else { return false }
        var position = 0
        while position < count {
            let length = strnlen(base + position, count - position)
            if length == entry.count, memcmp(base + position, wanted, length) == 0 { return true }
            position += length + 1
        }
        return false
    }
}
