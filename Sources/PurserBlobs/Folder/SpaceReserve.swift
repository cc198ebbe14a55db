public import SystemPackage

/// Disk space that is held so that it can be given up: on a full disk, deletes and the catalog need some to go on.
public final class SpaceReserve: Sendable {
    /// Bytes held where the disk is not tiny.
    public static let defaultSize: Int64 = 8 * 1024 * 1024

    private let path: FilePath
    private let fileSystem: any FileSystem
    private let size: Int64

    /// Names the reserve of a storage folder; nothing is taken yet.
    ///
    /// - Parameters:
    ///   - root: The storage folder.
    ///   - fileSystem: The disk.
    ///   - size: Bytes to hold, at most: never more than a 64th of the disk.
    public init(
        root: FilePath,
        fileSystem: any FileSystem = LocalFileSystem(),
        size: Int64 = SpaceReserve.defaultSize
    ) {
        self.path = StoreLayout(root: root).reserve
        self.fileSystem = fileSystem
        self.size = size
    }

    /// Gives the space back to the disk.
    ///
    /// - Returns: Whether there was any to give.
    public func release() -> Bool {
        do {
            try self.fileSystem.remove(self.path)
            return true
        } catch {
            // Nothing there to remove, or no way to: either way there is no more space than before.
            return false
        }
    }

    /// Takes the space, unless it is held already.
    ///
    /// Leaves a disk alone that has not twice as much free.
    ///
    /// - Returns: Whether it is held now.
    public func restore() -> Bool {
        do {
            let folder = self.path.removingLastComponent()
            let space = try self.fileSystem.space(at: folder)
            let size = min(self.size, space.total / 64)
            if let status = try self.fileSystem.status(of: self.path) {
                if status.kind == .regular, status.size >= size, status.allocatedBytes >= size { return true }
                try self.fileSystem.remove(self.path)
            }
            guard size > 0, space.available / 2 >= size else { return false }
            return try self.take(size)
        } catch {
            // A store without a reserve works; it only has less room to recover in when the disk is full.
            return false
        }
    }

    private func take(_ size: Int64) throws(FileSystemError) -> Bool {
        let file = try self.fileSystem.open(self.path, .create)
        do {
            try file.preallocate(size)
            try file.close()
            return true
        } catch {
            // The error that counts is the first one; half a reserve is worth nothing.
            try? file.close()
            try? self.fileSystem.remove(self.path)
            throw error
        }
    }
}
