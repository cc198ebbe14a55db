import Foundation
public import SystemPackage

/// Gives a test a folder of its own, removed with all that is in it when the body has ended.
public func withTemporaryFolder<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
    let folder = try makeTemporaryFolder()
    defer { removeTemporaryFolder(folder) }
    return try await body(folder)
}

/// Gives a test a folder of its own, removed with all that is in it when the body has ended.
public func withTemporaryFolder<Value>(_ body: (FilePath) throws -> Value) throws -> Value {
    let folder = try makeTemporaryFolder()
    defer { removeTemporaryFolder(folder) }
    return try body(folder)
}

private func makeTemporaryFolder() throws -> FilePath {
    let url = FileManager.default.temporaryDirectory.appending(path: "purser-test-\(UUID().uuidString.lowercased())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    return FilePath(url.path)
}

private func removeTemporaryFolder(_ folder: FilePath) {
    // What cannot be removed is the system's to clean up, and no reason for a test to fail.
    try? FileManager.default.removeItem(atPath: folder.string)
}
