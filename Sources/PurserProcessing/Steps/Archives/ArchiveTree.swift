import Foundation
import PurserBlobs
import SystemPackage

/// What came out of an archive into a folder, looked at again: only regular files stay, each moved to a plain name.
///
/// Names are bytes here, as an archive's need not be UTF-8.
struct ArchiveTree: Sendable {
    /// A file that came out.
    struct File: Sendable, Hashable {
        /// Its name in the archive, with bytes replaced that are not UTF-8.
        var name: String
        /// Where it lies now.
        var path: String
        /// Its bytes.
        var size: Int64
    }

    /// The folder where it came out.
    let folder: FilePath
    private let fileSystem = LocalFileSystem()

    /// Takes a folder.
    init(folder: FilePath) { self.folder = folder }

    /// Moves all files out of the folder, and removes it.
    ///
    /// - Parameters:
    ///   - target: The folder where they go, under numbers.
    ///   - first: The first number.
    /// - Returns: The files, in the order of their names.
    /// - Throws: ``StepFailure`` `unsafe_archive` for anything that is neither file nor folder, or has several names;
    ///   `unreadable`.
    func moveFiles(to target: FilePath, from first: Int) throws(StepFailure) -> [File] {
        do {
            let (found, folders) = try self.list()
            var files: [File] = []
            for (name, path, size) in found {
                let place = target.appending("\(first + files.count)")
                try self.fileSystem.rename(path, to: place)
                files.append(File(name: name, path: place.string, size: size))
            }
            for folder in folders.reversed() { try self.fileSystem.removeDirectory(folder) }
            return files
        } catch let failure as StepFailure {
            throw failure
        } catch {
            throw StepFailure("unreadable", "what came out of the archive cannot be read: \(error)", isTransient: true)
        }
    }

    /// All files, sorted by name, and all folders, each before those within it.
    private func list() throws -> (files: [(String, FilePath, Int64)], folders: [FilePath]) {
        var files: [(String, FilePath, Int64)] = []
        var folders: [FilePath] = []
        var waiting = [(name: "", path: self.folder)]
        while let (outer, path) = waiting.popLast() {
            folders.append(path)
            // Whoever packed it may have left folders and files that nobody can read.
            try Self.open(path, 0o700)
            for component in try self.fileSystem.entries(of: path) {
                let inner = path.appending(component)
                let name = outer.isEmpty ? component.string : "\(outer)/\(component.string)"
                var status = stat()
                guard inner.withPlatformString({ lstat($0, &status) }) == 0 else { throw Errno(rawValue: errno) }
                switch status.st_mode & S_IFMT {
                case S_IFDIR:
                    waiting.append((name, inner))
                case S_IFREG where status.st_nlink == 1:
                    try Self.open(inner, 0o600)
                    files.append((name, inner, Int64(status.st_size)))
                default:
                    throw ArchiveLimits.unsafe("'\(name.visible(upTo: 120))' is a link or a device")
                }
            }
        }
        return (files.sorted { $0.0 < $1.0 }, folders)
    }

    private static func open(_ path: FilePath, _ mode: mode_t) throws {
        guard path.withPlatformString({ chmod($0, mode) }) == 0 else { throw Errno(rawValue: errno) }
    }
}
