import Crypto
import Foundation
import NIOCore
import PurserIdentifiers
import PurserOperations
import SystemPackage

/// Finds bytes by their digest.
protocol GoodBytes: Sendable {
    /// Hands out a file with the content that a damaged file had.
    ///
    /// - Returns: Whether there was one, and the body was called.
    func withBytes(of file: FileDocument, _ body: (FilePath) async throws -> Void) async throws -> Bool
}

/// A folder with all folders in it; links are not followed.
struct FolderBytes: GoodBytes {
    /// Files that are remembered at most: a bound on memory, not on usefulness.
    private static let limit = 1_000_000

    private let files: [Int64: [FilePath]]

    /// Goes through the folder once.
    init(_ root: FilePath) {
        let keys: [URLResourceKey] = [.isRegularFileKey, .fileSizeKey]
        var files: [Int64: [FilePath]] = [:]
        var count = 0
        let urls = FileManager.default.enumerator(at: URL(filePath: root.string), includingPropertiesForKeys: keys)
        while count < Self.limit, let url = urls?.nextObject() as? URL {
            // A file that vanishes meanwhile is none.
            guard let values = try? url.resourceValues(forKeys: Set(keys)), values.isRegularFile == true,
                let size = values.fileSize
            else { continue }
            files[Int64(size), default: []].append(FilePath(url.path(percentEncoded: false)))
            count += 1
        }
        self.files = files
    }

    func withBytes(of file: FileDocument, _ body: (FilePath) async throws -> Void) async throws -> Bool {
        for path in self.files[file.size] ?? [] {
            try Task.checkCancellation()
            var hash = SHA256()
            for try await piece in try ContentSource.file(path) {
                piece.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
            }
            guard BlobID(bytes: hash.finalize())?.hex == file.sha256 else { continue }
            try await body(path)
            return true
        }
        return false
    }
}

/// Another server, which is asked for the same names.
struct ServerBytes: GoodBytes {
    let service: RemoteService

    func withBytes(of file: FileDocument, _ body: (FilePath) async throws -> Void) async throws -> Bool {
        let place = FilePlace(bucket: try BucketName(file.bucket), key: try FileKey(file.key))
        guard let other = try await self.service.fileIfPresent(place), other.sha256 == file.sha256 else { return false }
        let path = FileManager.default.temporaryDirectory.appending(path: "purser-repair-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: path) }  // a temporary file; the system clears what stays
        guard FileManager.default.createFile(atPath: path.path(percentEncoded: false), contents: nil) else {
            throw CommandError("no temporary file can be made at \(path.path(percentEncoded: false))")
        }
        let descriptor = try SystemPackage.FileDescriptor.open(
            FilePath(path.path(percentEncoded: false)),
            .writeOnly
        )
        defer { try? descriptor.close() }  // what was written is read again, and hashed by who stores it
        try await self.service.download(place, continuing: nil, operation: OperationID()) { _ in
        } deliver: { piece in
            _ = try piece.withUnsafeReadableBytes { try descriptor.writeAll($0) }
        }
        try await body(FilePath(path.path(percentEncoded: false)))
        return true
    }
}
