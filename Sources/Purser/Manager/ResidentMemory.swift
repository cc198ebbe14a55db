import Foundation

/// The memory of this process.
enum ResidentMemory {
    /// Bytes in RAM, from `/proc/self/statm` (proc(5)); `nil` where there is no such file.
    static func current() -> Int64? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            // No Linux: the figure is left out.
            return nil
        }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int64(fields[1]) else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
