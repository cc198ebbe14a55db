import Crypto
import NIOCore
import PurserIdentifiers
import SystemPackage

/// Whether a file of the user's and one of the service have the same content, so that nothing need be moved.
///
/// The service keeps no times of sources, and equal sizes prove nothing: the local file is read and its SHA-256 compared,
/// unless the sizes differ already.
enum SameContent {
    /// Compares a file that is to be stored with what has its key.
    ///
    /// - Parameters:
    ///   - source: The local file.
    ///   - stored: What has the key.
    ///   - options: What is to go with the file: where the stored one has other metadata, it is not the same.
    /// - Returns: Whether storing it would change nothing.
    /// - Throws: ``CommandError`` where the local file cannot be read, or changes meanwhile.
    static func isStored(_ source: ContentSource, as stored: FileDocument, options: PutOptions) async throws -> Bool {
        guard source.size == stored.size, stored.damaged != true,
            options.contentType.map({ $0 == stored.contentType }) ?? true,
            options.metadata.isEmpty || options.metadata == stored.metadata
        else { return false }
        return try await self.digest(of: source)?.hex == stored.sha256
    }

    /// Compares a file that is to be fetched with what stands at its path.
    ///
    /// - Parameters:
    ///   - path: Where it is to go.
    ///   - stored: What is stored.
    ///   - onBytes: Told how many bytes were compared.
    /// - Returns: Whether fetching it would change nothing. What cannot be read is another content.
    /// - Throws: `CancellationError`.
    static func isFetched(
        _ path: FilePath,
        as stored: FileDocument,
        onBytes: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> Bool {
        do {
            guard let status = try FileStatus.ifPresent(path), status.kind == .file, status.size == stored.size else {
                return false
            }
            return try await self.digest(of: .file(path, onBytes: onBytes))?.hex == stored.sha256
        } catch is CommandError {
            return false
        } catch is Errno {
            return false
        }
    }

    private static func digest(of source: ContentSource) async throws -> BlobID? {
        var hash = SHA256()
        for try await piece in source {
            piece.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        }
        return BlobID(bytes: hash.finalize())
    }
}
