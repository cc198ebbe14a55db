import Foundation
public import SystemPackage

/// A real file system in memory, of a given size.
public enum SmallDisk {
    /// Whether this process has the right to mount one.
    public static let isMountable: Bool = {
        guard geteuid() == 0 else { return false }
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-mount-\(UUID().uuidString)").path
        guard mkdir(folder, 0o700) == 0 else { return false }
        defer { rmdir(folder) }
        guard Self.call("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) else { return false }
        return Self.call("umount", folder)
    }()

    /// Mounts one for the time of a body.
    ///
    /// - Parameters:
    ///   - megabytes: How much it holds, in MiB.
    ///   - body: Gets the folder where it is mounted.
    /// - Throws: ``NotMounted``; what the body throws.
    public static func run(megabytes: Int, _ body: (FilePath) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            guard Self.call("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.string) else {
                throw NotMounted()
            }
            defer { _ = Self.call("umount", folder.string) }
            try await body(folder)
        }
    }

    /// The system did not mount it.
    public struct NotMounted: Error {}

    private static func call(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return false
        }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
