import NIOCore
import PurserBlobs
import SystemPackage

/// A file outside of the store that is being written: it gets its name when it is whole, and is nowhere before.
///
/// All calls block. `@unchecked Sendable`: one task at a time uses it.
final class PartialFile: @unchecked Sendable {
    private let target: FilePath
    private let path: FilePath
    private let descriptor: SystemPackage.FileDescriptor
    private let fileSystem = LocalFileSystem()
    private var isPlaced = false

    /// Makes a file of a random name beside the target.
    ///
    /// - Throws: ``TransferError`` `.targetUnwritable`, also where the target is a folder.
    init(for target: FilePath) throws {
        self.target = target
        self.path = target.removingLastComponent().appending(".purser-\(UInt64.random(in: 0 ... .max)).part")
        do {
            // What cannot be looked at is told by the next call.
            guard (try? Stat(target).type) != .directory else { throw Errno.isDirectory }
            self.descriptor = try SystemPackage.FileDescriptor.open(
                self.path,
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite]
            )
        } catch let error as Errno {
            throw Self.unwritable(FileSystemError(.open, error, target))
        }
    }

    /// Writes a piece behind the last one.
    func append(_ piece: ByteBuffer) throws {
        do {
            _ = try piece.withUnsafeReadableBytes { try self.descriptor.writeAll($0) }
        } catch let error as Errno {
            throw Self.unwritable(FileSystemError(.write, error, self.path))
        }
    }

    /// Gives the file its name; one that has the name is replaced in one step.
    func place() throws {
        do {
            try self.fileSystem.rename(self.path, to: self.target)
            self.isPlaced = true
        } catch {
            throw Self.unwritable(error)
        }
    }

    /// Closes the file, and removes it where it never got its name.
    func close() {
        // Written or not, no use is made of what it says: it was asked for no durability.
        try? self.descriptor.close()
        guard !self.isPlaced else { return }
        // It cannot stay away from the place it was just made in; where it does, nothing is left to remove.
        try? self.fileSystem.remove(self.path)
    }

    private static func unwritable(_ cause: FileSystemError) -> TransferError {
        TransferError(.targetUnwritable, "the file to download to cannot be written: \(cause.errno)", cause: cause)
    }
}
