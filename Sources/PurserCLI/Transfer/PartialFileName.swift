import PurserIdentifiers
import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The name of a partial file: `FILE.DIGITS.part`, where the digits are the first 16 of the content's SHA-256.
///
/// By it a later download finds what an earlier one left of the same content, and takes nothing else for it.
struct PartialFileName {
    /// The name.
    var text: String
    /// Whether it can be told again; else it is random.
    var isContinuable: Bool

    /// Names to be tried, the best first: the next where one is too long, or another download has it.
    static func candidates(for target: FilePath, _ sha256: BlobID) -> [PartialFileName] {
        let name = target.lastComponent?.string ?? ""
        let digits = sha256.hex.prefix(16)
        return [
            PartialFileName(text: "\(name).\(digits).part", isContinuable: true),
            PartialFileName(text: ".purser-\(digits).part", isContinuable: true),
            PartialFileName(
                text: ".purser-\(String(UInt64.random(in: 0 ... .max), radix: 36)).part",
                isContinuable: false
            ),
        ]
    }

    /// Whether a file of that name can be what a download has left.
    static func isPartial(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.last == "part" else { return false }
        let digits = parts[parts.count - 2]
        guard !digits.hasPrefix("purser-") else { return true }
        return digits.count == 16 && digits.allSatisfy { "0123456789abcdef".contains($0) }
    }

    /// Opens a partial file for reading and writing, and locks it.
    ///
    /// - Parameters:
    ///   - path: Its path.
    ///   - isContinuable: Whether one that is there is continued.
    /// - Returns: The file, at its start.
    /// - Throws: `Errno` `.fileExists` where something has the name that is not to be written: another download's, another
    ///   user's, a link, no regular file.
    static func open(_ path: FilePath, isContinuable: Bool) throws -> FileDescriptor {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec, .noFollow, .nonBlocking, isContinuable ? [] : .exclusiveCreate],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite]
            )
        } catch let error as Errno
            where [.tooManySymbolicLinkLevels, .isDirectory, .noSuchAddressOrDevice].contains(error)
        {
            throw Errno.fileExists
        }
        do {
            guard try self.isOurs(descriptor, path) else { throw Errno.fileExists }
        } catch {
            // Nothing was written.
            try? descriptor.close()
            throw error
        }
        return descriptor
    }

    private static func isOurs(_ descriptor: FileDescriptor, _ path: FilePath) throws -> Bool {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_nlink == 1,
            flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0
        else { return false }
        // Its holder may have given it the target's name, or removed it, just before the lock was had.
        let there = try FileStatus.ifPresent(path, followsLinks: false)
        return try there?.identity == FileStatus(of: descriptor).identity
    }
}
