import PurserBlobs
public import PurserOperations
import SystemPackage

extension FileStore {
    /// The folder under which operations have their scratch files; emptied when the store is opened.
    public var scratchRoot: String { self.blobs.layout.temp.string }

    /// Makes and removes scratch files on the store's disk, on its threads.
    ///
    /// ```swift
    /// let scratch = ScratchFiles(root: store.scratchRoot, disk: store.scratchFileSystem, logger: logger)
    /// ```
    public var scratchFileSystem: ScratchFileSystem {
        // Only these two: a registry that outlives the store must not keep its folder locked.
        let (blobs, threads) = (self.blobs, self.diskThreads)
        return ScratchFileSystem { path, kind in
            try await threads.run { try blobs.makeScratch(FilePath(path), isDirectory: kind == .directory) }
        } remove: { path in
            try await threads.run { try blobs.removeScratch(FilePath(path)) }
        } removeIfEmpty: { path in
            try await threads.run { try blobs.removeScratchFolderIfEmpty(FilePath(path)) }
        } exists: { path in
            try await threads.run { try blobs.hasScratch(FilePath(path)) }
        }
    }
}
