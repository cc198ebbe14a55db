package import SystemPackage

/// What emptying a folder did.
package struct EmptyingReport: Sendable, Hashable {
    /// Files, links and folders that went.
    package var removed = 0
    /// Names at the top of the folder that may not be removed: another user's, or a mount point.
    package var kept = 0
}

extension FileSystem {
    /// Removes all that is in a folder, but not the folder.
    ///
    /// Works at any depth with the same memory and the same few descriptors: a folder met within a folder is moved up to
    /// the top before it is emptied, so that no path grows too long to be named. Links are removed, never followed. What
    /// the system forbids to remove is left and counted; nothing here is durable until the folder is synchronized.
    package func empty(_ folder: FilePath) throws(FileSystemError) -> EmptyingReport {
        var report = EmptyingReport()
        var moves = 0
        while true {
            var progress = 0
            report.kept = 0
            try self.forEachEntry(of: folder) { (name) throws(FileSystemError) in
                do throws(FileSystemError) {
                    progress += try self.removeEntry(folder.appending(name), movingFoldersTo: folder, &moves)
                } catch {
                    guard error.isForbidden else { throw error }
                    report.kept += 1
                }
            }
            report.removed += progress
            // Folders that were moved up may have been missed by this pass.
            guard progress > 0 else { return report }
        }
    }

    /// - Returns: Names removed.
    private func removeEntry(
        _ path: FilePath,
        movingFoldersTo top: FilePath,
        _ moves: inout Int
    ) throws(FileSystemError) -> Int {
        guard let status = try self.status(of: path) else { return 0 }
        guard status.kind == .directory else {
            try self.remove(path)
            return 1
        }
        var removed = 0
        var newMoves = moves
        try self.forEachEntry(of: path) { (name) throws(FileSystemError) in
            let inner = path.appending(name)
            guard let status = try self.status(of: inner) else { return }
            if status.kind == .directory {
                try self.rename(inner, to: try self.unusedName(in: top, &newMoves))
            } else {
                try self.remove(inner)
            }
            removed += 1
        }
        moves = newMoves
        try self.removeDirectory(path)
        return removed + 1
    }

    private func unusedName(in folder: FilePath, _ moves: inout Int) throws(FileSystemError) -> FilePath {
        while true {
            moves += 1
            let path = folder.appending("removed-\(moves)")
            guard try self.status(of: path) != nil else { return path }
        }
    }
}

extension FileSystemError {
    /// The system forbids it, now and the next time; the disk is not at fault.
    fileprivate var isForbidden: Bool {
        switch self.errno {
        case .permissionDenied, .notPermitted, .resourceBusy, .readOnlyFileSystem: true
        default: false
        }
    }
}
