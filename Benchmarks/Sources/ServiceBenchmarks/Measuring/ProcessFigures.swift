import Foundation

/// What a process has used so far, from /proc (proc_pid_stat(5), proc_pid_status(5)).
struct ProcessFigures {
    /// CPU-seconds in user mode, of all threads that are or were.
    var user: Double
    /// CPU-seconds in the kernel.
    var system: Double
    /// Most bytes of memory held at once, since the start or ``resetPeak(of:)``.
    var peakMemory: Int

    var cpu: Double { self.user + self.system }

    /// Reads the figures of a process and of its children that it has waited for.
    init(of pid: Int32) throws {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        // The program's name may hold anything, in parentheses.
        guard let end = stat.lastIndex(of: ")") else { throw BenchmarkFailure("no figures of process \(pid)") }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        func seconds(_ indices: Int...) -> Double {
            indices.reduce(0) { $0 + (Double(fields[$1]) ?? 0) } / ticks
        }
        self.user = seconds(11, 13)
        self.system = seconds(12, 14)
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = peak.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") }
        self.peakMemory = (kibibytes ?? 0) * 1024
    }

    init(user: Double, system: Double, peakMemory: Int) {
        self.user = user
        self.system = system
        self.peakMemory = peakMemory
    }

    /// The sum over several processes; their memory is added up too.
    init(of pids: [Int32]) throws {
        self.init(user: 0, system: 0, peakMemory: 0)
        for pid in pids {
            let figures = try ProcessFigures(of: pid)
            self.user += figures.user
            self.system += figures.system
            self.peakMemory += figures.peakMemory
        }
    }

    /// Begins a new peak (`/proc/PID/clear_refs`, proc_pid_clear_refs(5)).
    static func resetPeak(of pid: Int32) throws {
        try Data("5".utf8).write(to: URL(filePath: "/proc/\(pid)/clear_refs"))
    }

    static func - (new: ProcessFigures, old: ProcessFigures) -> ProcessFigures {
        ProcessFigures(user: new.user - old.user, system: new.system - old.system, peakMemory: new.peakMemory)
    }
}

/// Why a benchmark could not be run.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
