import NIOCore
import PurserIdentifiers
import Synchronization
import SystemPackage

/// The download of one file, its bytes checked against its digest.
struct FileDownload: Sendable {
    /// Where it comes from.
    let service: any StorageService
    /// Bucket and key.
    let place: FilePlace

    /// Writes it to a file, under its name only once it is whole.
    @discardableResult
    func run(
        to path: FilePath,
        isAmongOthers: Bool = false,
        begin: @escaping @Sendable (ContentFacts) -> Void,
        onBytes: @escaping @Sendable (Int64) -> Void
    ) async throws -> ContentFacts {
        let facts = Promised()
        // What stands under a name of the user's is replaced only where it is a file; a link is followed to its file.
        let path = isAmongOthers ? path : try Self.resolved(path)
        try await PartialFile.write(path, isAmongOthers: isAmongOthers) { partial in
            try await self.service.download(
                self.place,
                operation: OperationID(),
                begin: { promised in
                    facts.keep(promised)
                    begin(promised)
                },
                deliver: { piece in
                    try await partial.append(piece)
                    onBytes(Int64(piece.readableBytes))
                }
            )
            return try facts.get()
        }
        return try facts.get()
    }

    /// Writes it to a descriptor as it comes.
    func run(
        to descriptor: SystemPackage.FileDescriptor,
        begin: @escaping @Sendable (ContentFacts) -> Void,
        onBytes: @escaping @Sendable (Int64) -> Void
    ) async throws {
        let facts = Promised()
        let output = OutputStream(descriptor)
        try await self.service.download(
            self.place,
            operation: OperationID(),
            begin: { promised in
                facts.keep(promised)
                begin(promised)
            },
            deliver: { piece in
                try await output.append(piece)
                onBytes(Int64(piece.readableBytes))
            }
        )
        try output.check(facts.get())
    }

    private static func resolved(_ path: FilePath) throws -> FilePath {
        guard try FileStatus.ifPresent(path, followsLinks: false)?.kind == .link,
            try FileStatus.ifPresent(path) != nil
        else { return path }
        return try RealPath.of(path)
    }

    /// What the service promised before the first byte.
    private final class Promised: Sendable {
        private let facts = Mutex<ContentFacts?>(nil)

        func keep(_ facts: ContentFacts) {
            self.facts.withLock { $0 = facts }
        }

        func get() throws -> ContentFacts {
            guard let facts = self.facts.withLock({ $0 }) else {
                throw CommandError("nothing came", code: "content_incomplete")
            }
            return facts
        }
    }
}
