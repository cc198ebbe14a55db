import Foundation
import SystemPackage

/// A file for the time of a body.
enum TemporaryFile {
    /// Makes a file, and removes it when the body has ended.
    ///
    /// - Parameter body: Gets the file, open for writing, and its path.
    /// - Returns: What the body returns.
    /// - Throws: ``CommandError`` where none can be made; what the body throws.
    static func with<Value>(
        _ body: (SystemPackage.FileDescriptor, FilePath) async throws -> Value
    ) async throws -> Value {
        let name = "purser-repair-\(UUID().uuidString)"
        let path = FileManager.default.temporaryDirectory.appending(path: name).path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: path) }  // the system clears what stays
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
            throw CommandError("no temporary file can be made at \(path)")
        }
        let file = try SystemPackage.FileDescriptor.open(FilePath(path), .writeOnly)
        defer { try? file.close() }  // what was written is read again, and hashed by who stores it
        return try await body(file, FilePath(path))
    }
}
