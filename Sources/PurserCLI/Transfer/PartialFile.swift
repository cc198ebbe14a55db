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

/// A download under way: bytes go to a partial file beside the target, which gets the target's name once they are all there
/// and are what was promised.
///
/// Nothing else ever shows under the target's name. What came of an interrupted download is kept, under a name that tells
/// target and content (``PartialFileName``), and the next download of the same continues it. It is removed where it is of
/// no use: where the disk took no more, or the bytes are wrong.
final class PartialFile: Sendable {
    private struct State {
        var hash = SHA256()
        var count: Int64 = 0
        var isUseless = false
    }

    /// Where the bytes go meanwhile.
    let path: FilePath
    /// Whether a later download of the same finds it.
    let isContinuable: Bool
    private let target: FilePath
    private let descriptor: SystemPackage.FileDescriptor
    private let state = Mutex(State())

    private init(path: FilePath, target: FilePath, descriptor: SystemPackage.FileDescriptor, isContinuable: Bool) {
        self.path = path
        self.target = target
        self.descriptor = descriptor
        self.isContinuable = isContinuable
    }

    /// Bytes that are there.
    var count: Int64 { self.state.withLock { $0.count } }

    /// Writes a file by way of a partial one.
    ///
    /// - Parameters:
    ///   - target: The file; one that is there is replaced in one step.
    ///   - facts: What is to be there in the end.
    ///   - onContinued: Called where an earlier download has left something.
    ///   - body: Appends the bytes that are missing. Not called where none are.
    /// - Throws: ``CommandError``, which tells where the partial file was kept; what the body throws.
    static func write(
        _ target: FilePath,
        _ facts: ContentFacts,
        onContinued: () -> Void = {},
        _ body: (PartialFile) async throws -> Void
    ) async throws {
        let partial = try Self.open(for: target, facts)
        var isPlaced = false
        defer {
            // Nothing is to be told of a partial file that cannot be closed or removed: the download failed already.
            if !isPlaced, !partial.isKept { _ = partial.path.withPlatformString { unlink($0) } }
            try? partial.descriptor.close()
        }
        do {
            try await partial.takeStock(of: facts.size)
            if partial.count > 0 { onContinued() }
            if partial.count < facts.size { try await body(partial) }
            try Task.checkCancellation()
            try partial.check(facts)
            try partial.place()
            isPlaced = true
        } catch let error where partial.isKept && !(error is CancellationError) && !Task.isCancelled {
            var failure = CommandError(describing: error)
            failure.message += ". What came of it is in \(partial.path); the same command continues there"
            throw failure
        }
    }

    /// Whether what is there is kept for a later download.
    private var isKept: Bool {
        self.isContinuable && self.state.withLock { $0.count > 0 && !$0.isUseless }
    }

    private static func open(for target: FilePath, _ facts: ContentFacts) throws -> PartialFile {
        var failure = Errno.fileExists
        for name in PartialFileName.candidates(for: target, facts.sha256) {
            let path = target.removingLastComponent().appending(name.text)
            do {
                let descriptor = try PartialFileName.open(path, isContinuable: name.isContinuable)
                return PartialFile(
                    path: path,
                    target: target,
                    descriptor: descriptor,
                    isContinuable: name.isContinuable
                )
            } catch let error as Errno {
                failure = error
                // Taken, or too long with what was put behind it: the next name may do.
                guard [.fileExists, .fileNameTooLong].contains(error) else { break }
            }
        }
        throw CommandError("\(target) cannot be written: \(failure)")
    }

    /// Reads what an earlier download left.
    private func takeStock(of size: Int64) async throws {
        do {
            // More than there is to come: it was not a part of this.
            guard try FileStatus(of: self.descriptor).size <= size else { return try self.startOver() }
            let reading = Reading(of: self.descriptor)
            while let piece = try await reading.next(upTo: ContentSource.pieceBytes) { self.note(piece) }
        } catch let error as Errno {
            throw CommandError("\(self.path) cannot be read: \(error)")
        }
    }

    /// Drops the bytes that are there.
    ///
    /// - Throws: ``CommandError``.
    func startOver() throws {
        do {
            try self.descriptor.resize(to: 0)
            try self.descriptor.seek(offset: 0, from: .start)
        } catch let error as Errno {
            throw CommandError("\(self.target) cannot be written: \(error)")
        }
        self.state.withLock { $0 = State() }
    }

    private func note(_ piece: ByteBuffer) {
        self.state.withLock { state in
            piece.withUnsafeReadableBytes { state.hash.update(bufferPointer: $0) }
            state.count += Int64(piece.readableBytes)
        }
    }

    /// Appends a piece.
    ///
    /// - Throws: ``CommandError`` where the disk does not take it; the partial file is of no use then.
    func append(_ piece: ByteBuffer) async throws {
        do {
            try await NIOThreadPool.singleton.runIfActive {
                _ = try piece.withUnsafeReadableBytes { try self.descriptor.writeAll($0) }
            }
        } catch let error as Errno {
            self.giveUp()
            throw CommandError("\(self.target) cannot be written: \(error); what came of it was removed")
        }
        self.note(piece)
    }

    /// Says that the bytes are of no use to anybody.
    func giveUp() {
        self.state.withLock { $0.isUseless = true }
    }

    private func check(_ facts: ContentFacts) throws {
        let (count, digest) = self.state.withLock { ($0.count, BlobID(bytes: $0.hash.finalize())) }
        // Too few bytes are good ones, as far as anybody knows.
        if count >= facts.size, digest != facts.sha256 { self.giveUp() }
        try ContentCheck.check(facts, count: count, digest: digest)
    }

    /// Gives the file its name.
    private func place() throws {
        do {
            guard
                try FileStatus(of: self.descriptor).identity == FileStatus(of: self.path, followsLinks: false).identity
            else { throw Errno.fileExists }
        } catch {
            self.giveUp()
            throw CommandError("\(self.path) was taken away or replaced while it was written")
        }
        guard Self.rename(self.path, self.target) == 0 else {
            let error = Errno(rawValue: errno)
            self.giveUp()
            throw CommandError("\(self.target) cannot be written: \(error)")
        }
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
}
