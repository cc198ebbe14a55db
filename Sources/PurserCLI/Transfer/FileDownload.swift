import NIOCore
import PurserIdentifiers
import Synchronization
import SystemPackage

/// The download of one file, its bytes checked against its digest.
struct FileDownload: Sendable {
    /// How often it is begun again where the file is replaced meanwhile, or what was there of it is wrong.
    private static let maxAttempts = 5

    /// Where it comes from.
    let service: any StorageService
    /// Bucket and key.
    let place: FilePlace

    /// Writes it to a file, under its name only once it is whole, and continues what an earlier download left.
    ///
    /// - Parameters:
    ///   - path: Where it goes.
    ///   - facts: What it is as far as known; what it is in truth is found out.
    ///   - isAmongOthers: Whether the path was made from a key: a link there is replaced, not followed.
    ///   - begin: Told what comes and from where on; again, where the download begins again.
    ///   - onBytes: Told of each piece.
    /// - Returns: What was written.
    /// - Throws: An error of any layer; ``PartialFile/write(_:_:_:)`` says what is left then.
    @discardableResult
    func run(
        to path: FilePath,
        expecting facts: ContentFacts,
        isAmongOthers: Bool = false,
        begin: @escaping @Sendable (ContentFacts) -> Void,
        onBytes: @escaping @Sendable (Int64) -> Void
    ) async throws -> ContentFacts {
        // What stands under a name of the user's is replaced only where it is a file; a link is followed to its file.
        let path = isAmongOthers ? path : try Self.resolved(path)
        var expected = facts
        for _ in 1...Self.maxAttempts {
            let wasContinued = OnceFlag()
            do {
                try await PartialFile.write(path, expected, onContinued: { _ = wasContinued.raise() }) {
                    [expected] partial in
                    try await self.fetch(expected, to: partial, begin: begin, onBytes: onBytes)
                }
                return expected
            } catch let error as Replaced {
                expected = error.facts
            } catch let error as CommandError where error.code == "digest_mismatch" && wasContinued.isRaised {
                // What an earlier download left was wrong, and is gone now.
                continue
            }
        }
        throw CommandError("\(self.place) was replaced again and again while it was fetched; try again")
    }

    private func fetch(
        _ expected: ContentFacts,
        to partial: PartialFile,
        begin: @escaping @Sendable (ContentFacts) -> Void,
        onBytes: @escaping @Sendable (Int64) -> Void
    ) async throws {
        let count = partial.count
        try await self.service.download(
            self.place,
            continuing: count > 0 ? ContentPart(sha256: expected.sha256, bytes: count) : nil,
            operation: OperationID(),
            begin: { facts in
                guard facts.sha256 == expected.sha256, facts.size == expected.size else {
                    partial.giveUp()
                    throw Replaced(facts: facts)
                }
                if facts.offset != partial.count { try partial.startOver() }
                guard facts.offset == partial.count else {
                    throw CommandError("the server sent another part than it was asked for")
                }
                begin(facts)
            },
            deliver: { piece in
                try await partial.append(piece)
                onBytes(Int64(piece.readableBytes))
            }
        )
    }

    /// The file is another one by now.
    private struct Replaced: Error {
        var facts: ContentFacts
    }

    /// Writes it to a descriptor as it comes.
    func run(
        to descriptor: SystemPackage.FileDescriptor,
        begin: @escaping @Sendable (ContentFacts) -> Void,
        onBytes: @escaping @Sendable (Int64) -> Void
    ) async throws {
        let promised = Mutex<ContentFacts?>(nil)
        let output = OutputStream(descriptor)
        try await self.service.download(
            self.place,
            continuing: nil,
            operation: OperationID(),
            begin: { facts in
                promised.withLock { $0 = facts }
                begin(facts)
            },
            deliver: { piece in
                try await output.append(piece)
                onBytes(Int64(piece.readableBytes))
            }
        )
        guard let facts = promised.withLock({ $0 }) else {
            throw CommandError("nothing came", code: "content_incomplete")
        }
        try output.check(facts)
    }

    /// Where a file of the user's is: behind links, where there is something.
    static func resolved(_ path: FilePath) throws -> FilePath {
        guard try FileStatus.ifPresent(path, followsLinks: false)?.kind == .link,
            try FileStatus.ifPresent(path) != nil
        else { return path }
        return try RealPath.of(path)
    }
}
