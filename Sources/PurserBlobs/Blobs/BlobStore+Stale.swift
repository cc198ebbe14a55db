package import Foundation
package import PurserIdentifiers
import SystemPackage

/// What operations have left behind.
package struct StaleFiles: Sendable, Equatable {
    /// Files and scratch folders.
    package var files = 0
    /// Bytes of the files; those within scratch folders are not counted.
    package var bytes: Int64 = 0

    /// Describes nothing.
    package init() {}
}

extension BlobStore {
    /// Removes what lies in `staging/` and `temp/` for long and belongs to no operation that is alive.
    ///
    /// As a rule there is nothing: operations clean up after themselves, and each start does for those it finds.
    ///
    /// - Parameters:
    ///   - limit: What was changed since stays.
    ///   - isDryRun: Whether nothing is removed.
    ///   - isAlive: Whether an operation is alive.
    /// - Returns: What went, or would.
    /// - Throws: ``BlobError`` `.inputOutput`.
    package func removeStale(
        before limit: Date,
        isDryRun: Bool,
        isAlive: (OperationID) -> Bool
    ) throws(BlobError) -> StaleFiles {
        try BlobError.translating("removing what operations left") { () throws(FileSystemError) in
            var found = StaleFiles()
            for folder in [self.layout.staging, self.layout.temp] {
                var stale: [(path: FilePath, status: FileStatus)] = []
                try self.fileSystem.forEachEntry(of: folder) { (name) throws(FileSystemError) in
                    let path = folder.appending(name)
                    guard path != self.layout.workers,
                        let status = try self.fileSystem.status(of: path), status.modified < limit,
                        !Self.isOwned(name.string, isAlive)
                    else { return }
                    stale.append((path, status))
                }
                for (path, status) in stale {
                    found.files += 1
                    found.bytes += status.kind == .regular ? status.size : 0
                    guard !isDryRun else { continue }
                    if status.kind == .directory {
                        _ = try self.fileSystem.empty(path)
                        try self.fileSystem.removeDirectory(path)
                    } else {
                        try self.fileSystem.remove(path)
                    }
                }
            }
            return found
        }
    }

    /// Whether a name begins with the id of an operation that is alive.
    private static func isOwned(_ name: String, _ isAlive: (OperationID) -> Bool) -> Bool {
        // Whatever is no id is nobody's.
        guard let id = try? OperationID(String(name.prefix(36))) else { return false }
        return isAlive(id)
    }
}
