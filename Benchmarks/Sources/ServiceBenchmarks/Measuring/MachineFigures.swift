import Foundation

/// What the machine and the family of a process are doing, from /proc.
enum MachineFigures {
    /// CPU-seconds that all cores together were busy and idle since the start (proc_stat(5)).
    static func cores() throws -> (busy: Double, idle: Double) {
        let text = try String(contentsOfFile: "/proc/stat", encoding: .utf8)
        let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard fields.count >= 8 else { throw BenchmarkFailure("/proc/stat says something unexpected") }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        // Those of guests are in the first two already; waiting for the disk is idling.
        let idle = fields[3] + fields[4]
        return ((fields.prefix(8).reduce(0, +) - idle) / ticks, idle / ticks)
    }

    /// Resident bytes of a process, and of it with all that descend from it.
    static func memory(of pid: Int32) throws -> (own: Int, family: Int) {
        var parents: [Int32: Int32] = [:]
        var resident: [Int32: Int] = [:]
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            // One that has ended meanwhile holds nothing.
            guard let id = Int32(name), let stat = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { continue }
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            guard fields.count > 21, let parent = Int32(fields[1]), let pages = Int(fields[21]) else { continue }
            parents[id] = parent
            resident[id] = pages * page
        }
        let family = resident.filter { id, _ in
            var ancestor = id
            while ancestor != pid, let parent = parents[ancestor], parent > 1 { ancestor = parent }
            return ancestor == pid
        }
        return (resident[pid] ?? 0, family.values.reduce(0, +))
    }
}
