import Foundation
import PurserTestSupport

/// A file system of a few megabytes, in memory.
enum SmallDisk {
    /// Whether this user may make one.
    static let canBeMade: Bool = mayMount

    /// Makes one for as long as the body runs.
    ///
    /// - Parameters:
    ///   - path: Where: a folder that is not there.
    ///   - bytes: Its size.
    ///   - body: Gets the path.
    /// - Throws: What the body throws; an error where it cannot be made or removed.
    static func with(at path: String, bytes: Int, _ body: (String) async throws -> Void) async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let made = try await runTool("mount", ["-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", path])
        guard made.status == 0 else { throw CocoaError(.fileWriteUnknown) }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(path))
        } catch {
            result = .failure(error)
        }
        let removed = try await runTool("umount", [path])
        guard removed.status == 0 else { throw CocoaError(.fileWriteUnknown) }
        try result.get()
    }

    /// Whether this process has the capability CAP_SYS_ADMIN (see capabilities(7)): superusers of containers often lack it.
    private static var mayMount: Bool {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let digits = line.flatMap { $0.split(separator: "\t").last } ?? ""
        return (UInt64(digits, radix: 16) ?? 0) & (1 << 21) != 0
    }
}
