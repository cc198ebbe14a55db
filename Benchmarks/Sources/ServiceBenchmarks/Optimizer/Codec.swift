import Foundation
import Glibc

/// A coding of the optimizer, and the program that does the same.
enum Codec: String, CaseIterable {
    case zstd, gzip

    /// Settings under which it is used as fast as can be, and only when asked for.
    var settings: [String] {
        OptimizerSettings.quiet + OptimizerSettings.unthrottled + ["optimizer.compression.codec=\(self.rawValue)"]
    }

    /// How the program is called, for people.
    var command: String { self == .zstd ? "zstd -3" : "gzip -6" }

    /// Puts each file of a folder through the program, at the level that the optimizer takes.
    ///
    /// - Parameters:
    ///   - folder: The files; they are copied first.
    ///   - scratch: Where the copy is made.
    /// - Returns: Bytes of all results, and CPU-seconds that the program took.
    /// - Throws: ``BenchmarkFailure`` where the program is missing or fails.
    func encode(_ folder: URL, scratch: URL) throws -> (bytes: Int, cpu: Double) {
        let copy = scratch.appending(path: "encoded-\(UUID().uuidString.prefix(8))")
        try FileManager.default.copyItem(at: folder, to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }  // the scratch folder goes in the end
        let before = Self.childrenCPU()
        switch self {
        case .zstd: try Tool.run("zstd", ["-q", "-3", "--single-thread", "--rm", "-r", copy.path])
        case .gzip: try Tool.run("gzip", ["-6", "-n", "-r", copy.path])
        }
        let cpu = Self.childrenCPU() - before
        let files = try FileManager.default.contentsOfDirectory(at: copy, includingPropertiesForKeys: [.fileSizeKey])
        let bytes = try files.reduce(0) { $0 + (try $1.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0) }
        return (bytes, cpu)
    }

    /// CPU-seconds of all programs that have ended.
    private static func childrenCPU() -> Double {
        var usage = rusage()
        // Fails for unknown arguments only.
        _ = getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

/// Settings of servers whose optimizer is measured.
enum OptimizerSettings {
    /// Nothing runs that was not asked for.
    static let quiet = ["optimizer.enabled=false", "log.requests=false"]
    /// Runs go as fast as they can.
    static let unthrottled = ["optimizer.throttle.bytes_per_second=none", "optimizer.throttle.cpu=none"]
}
