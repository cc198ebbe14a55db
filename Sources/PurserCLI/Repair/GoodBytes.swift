import Crypto
import Foundation
import NIOCore
import PurserBlobs
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
///
/// A file that is as long as a content may be it, and so may one in which a store keeps it compressed, which is known by its
/// name.
struct FolderBytes: GoodBytes {
    /// Files that are remembered at most: a bound on memory, not on usefulness.
    private static let limit = 1_000_000

    private let files: [Int64: [FilePath]]
    private let encoded: [String: [FilePath]]

    /// Goes through the folder once.
    init(_ root: FilePath) {
        let keys: [URLResourceKey] = [.isRegularFileKey, .fileSizeKey]
        var files: [Int64: [FilePath]] = [:]
        var encoded: [String: [FilePath]] = [:]
        var count = 0
        let urls = FileManager.default.enumerator(at: URL(filePath: root.string), includingPropertiesForKeys: keys)
        while count < Self.limit, let url = urls?.nextObject() as? URL {
            // A file that vanishes meanwhile is none.
            guard let values = try? url.resourceValues(forKeys: Set(keys)), values.isRegularFile == true,
                let size = values.fileSize
            else { continue }
            let path = FilePath(url.path(percentEncoded: false))
            files[Int64(size), default: []].append(path)
            if EncodedBlob.isFileName(url.lastPathComponent) {
                encoded[url.lastPathComponent, default: []].append(path)
            }
            count += 1
        }
        self.files = files
        self.encoded = encoded
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
        guard let blob = BlobID(hex: file.sha256) else { return false }
        for (name, coding) in EncodedBlob.fileNames(of: blob) {
            for path in self.encoded[name] ?? [] {
                try Task.checkCancellation()
                // What cannot be opened as such is of no help.
                guard let content = try? EncodedBlob.open(path, as: blob, size: file.size, coding: coding) else {
                    continue
                }
                if try await Self.withDecoded(content, body) { return true }
            }
        }
        return false
    }

    /// Decodes a content into a file of its own.
    ///
    /// - Returns: Whether it is what it is said to be, and the body was called.
    private static func withDecoded(
        _ content: EncodedBlob,
        _ body: (FilePath) async throws -> Void
    ) async throws -> Bool {
        try await TemporaryFile.with { file, path in
            let cursor = try content.makeCursor()
            var hash = SHA256()
            var offset: Int64 = 0
            while offset < content.size {
                try Task.checkCancellation()
                // One that turns out damaged is of no help.
                guard let piece = try? cursor.read(at: offset, upTo: BlobReader.window) else { return false }
                try piece.withUnsafeReadableBytes { bytes in
                    hash.update(bufferPointer: bytes)
                    _ = try file.writeAll(bytes)
                }
                offset += Int64(piece.readableBytes)
            }
            guard BlobID(bytes: hash.finalize()) == content.blob else { return false }
            try await body(path)
            return true
        }
    }
}

/// Another server, which is asked for the same names.
struct ServerBytes: GoodBytes {
    let service: RemoteService

    func withBytes(of file: FileDocument, _ body: (FilePath) async throws -> Void) async throws -> Bool {
        let place = FilePlace(bucket: try BucketName(file.bucket), key: try FileKey(file.key))
        guard let other = try await self.service.fileIfPresent(place), other.sha256 == file.sha256 else { return false }
        return try await TemporaryFile.with { descriptor, path in
            try await self.service.download(place, continuing: nil, operation: OperationID()) { _ in
            } deliver: { piece in
                _ = try piece.withUnsafeReadableBytes { try descriptor.writeAll($0) }
            }
            try await body(path)
            return true
        }
    }
}
