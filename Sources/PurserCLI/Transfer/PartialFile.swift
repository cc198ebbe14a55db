import Crypto
import NIOCore
import NIOPosix
import PurserIdentifiers
import Synchronization
import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A download under way: bytes go to `FILE.part` beside the target, and get its name once they are all there and are
/// what the server promised.
///
/// Nothing else ever shows under the target's name, and nothing is left when it fails.
///
/// A name that is taken is left alone: the bytes then go to a `.part` file of a random name.
final class PartialFile: Sendable {
    private struct State {
        var hash = SHA256()
        var count: Int64 = 0
    }

    /// Where the bytes go meanwhile.
    let path: FilePath
    private let descriptor: SystemPackage.FileDescriptor
    private let state = Mutex(State())

    private init(path: FilePath, descriptor: SystemPackage.FileDescriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Writes a file by way of a partial one.
    ///
    /// - Parameters:
    ///   - target: The file; one that is there is replaced in one step.
    ///   - isAmongOthers: Whether other downloads go to the same folder: one of them may be named `FILE.part` itself.
    ///   - body: Writes the bytes, and says what they were to be.
    /// - Throws: ``CommandError``; what the body throws. Nothing is left then.
    static func write(
        _ target: FilePath,
        isAmongOthers: Bool,
        _ body: (PartialFile) async throws -> ContentFacts
    ) async throws {
        let partial = try Self.create(beside: target, isAmongOthers: isAmongOthers)
        var isPlaced = false
        defer {
            // The file is not there under its name: what is in the partial one is of no use to anybody.
            try? partial.descriptor.close()
            if !isPlaced { _ = partial.path.withPlatformString { unlink($0) } }
        }
        let facts = try await body(partial)
        try partial.check(facts)
        try Task.checkCancellation()
        guard rename(partial.path, target) == 0 else {
            throw CommandError("\(target) cannot be written: \(Errno(rawValue: errno))")
        }
        isPlaced = true
    }

    private static func rename(_ old: FilePath, _ new: FilePath) -> Int32 {
        old.withPlatformString { old in
            new.withPlatformString { new in
                #if canImport(Darwin)
                Darwin.rename(old, new)
                #elseif canImport(Musl)
                Musl.rename(old, new)
                #else
                Glibc.rename(old, new)
                #endif
            }
        }
    }

    private static func create(beside target: FilePath, isAmongOthers: Bool) throws -> PartialFile {
        var names: [String] = []
        let name = target.lastComponent?.string ?? ""
        if !isAmongOthers { names.append("\(name).part") }
        names.append("\(name).\(String(UInt64.random(in: 0 ... .max), radix: 36)).part")
        names.append(".purser-\(String(UInt64.random(in: 0 ... .max), radix: 36)).part")
        var failure = Errno.fileExists
        for name in names {
            let path = target.removingLastComponent().appending(name)
            do {
                let descriptor = try SystemPackage.FileDescriptor.open(
                    path,
                    .writeOnly,
                    options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite]
                )
                return PartialFile(path: path, descriptor: descriptor)
            } catch let error as Errno {
                failure = error
                // Taken, or too long with what was put behind it: the next name may do.
                guard [.fileExists, .fileNameTooLong].contains(error) else { break }
            }
        }
        throw CommandError("\(target) cannot be written: \(failure)")
    }

    /// Appends a piece.
    func append(_ piece: ByteBuffer) async throws {
        self.state.withLock { state in
            piece.withUnsafeReadableBytes { state.hash.update(bufferPointer: $0) }
            state.count += Int64(piece.readableBytes)
        }
        do {
            try await NIOThreadPool.singleton.runIfActive {
                _ = try piece.withUnsafeReadableBytes { try self.descriptor.writeAll($0) }
            }
        } catch let error as Errno {
            throw CommandError("\(self.path) cannot be written: \(error)")
        }
    }

    private func check(_ facts: ContentFacts) throws {
        let (count, digest) = self.state.withLock { ($0.count, BlobID(bytes: $0.hash.finalize())) }
        try ContentCheck.check(facts, count: count, digest: digest)
    }
}

/// Whether bytes that came are those that were promised.
enum ContentCheck {
    /// - Throws: ``CommandError`` `content_incomplete`, `digest_mismatch`.
    static func check(_ facts: ContentFacts, count: Int64, digest: BlobID?) throws {
        guard count == facts.size else {
            throw CommandError("\(count) of \(facts.size) bytes came; try again", code: "content_incomplete")
        }
        guard digest == facts.sha256 else {
            throw CommandError(
                "the bytes that came are not those that were stored: their SHA-256 differs; try again, and if it "
                    + "persists check the disk of the store",
                code: "digest_mismatch"
            )
        }
    }
}
