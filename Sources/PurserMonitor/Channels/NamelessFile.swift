import Foundation
import SystemPackage

/// A file without a name that holds a text, for the standard input of a program.
///
/// A pipe would do, but for two things: writing to one whose reader has ended raises SIGPIPE, and one that nobody reads
/// may block. Where there is a folder in memory the file is there, so that mail goes out when the disk is full.
struct NamelessFile {
    /// Stands at the beginning of the text.
    let descriptor: FileDescriptor

    /// Makes the file, for its owner alone.
    init(_ text: String) throws {
        let name = "purser-\(UUID().uuidString.lowercased())"
        let folders = ["/dev/shm", FileManager.default.temporaryDirectory.path]
        let folder = folders.first { FileManager.default.isWritableFile(atPath: $0) } ?? "/tmp"
        let path = "\(folder)/\(name)"
        self.descriptor = try FileDescriptor.open(
            FilePath(path),
            .readWrite,
            options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: .ownerReadWrite
        )
        do {
            try FileManager.default.removeItem(atPath: path)
            try self.descriptor.writeAll(text.utf8)
            try self.descriptor.seek(offset: 0, from: .start)
        } catch {
            self.close()
            throw error
        }
    }

    /// Closes it, and so removes it; to be called once.
    func close() {
        // Nothing is lost whatever closing says: the text was read, or is not wanted.
        try? self.descriptor.close()
    }
}
