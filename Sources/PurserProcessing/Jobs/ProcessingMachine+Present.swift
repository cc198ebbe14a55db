import Foundation

extension ProcessingMachine {
    /// The machine as it is now, by its kernel's word; half a gigabyte is free where that says nothing.
    public static func present() -> ProcessingMachine {
        ProcessingMachine(
            cores: ProcessInfo.processInfo.activeProcessorCount,
            freeMemory: Self.freeMemory() ?? 512 << 20
        )
    }

    /// `MemAvailable` of `/proc/meminfo`, in bytes.
    private static func freeMemory() -> Int? {
        // Not there on every system.
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            let number = line.drop { !$0.isNumber }.prefix { $0.isNumber }
            return Int(number).map { $0 * 1_024 }
        }
        return nil
    }
}
