import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The files in a folder and below, in the order of their names' bytes, one folder's names in memory per level.
///
/// Links to files and folders are followed, but never into a folder that is being walked already, or that the walk's own
/// folder is in. Devices, pipes and sockets are left out, and without a word what the user excludes.
struct FolderWalk {
    /// What the walk comes upon.
    enum Entry: Sendable {
        /// A file, with its path relative to the folder.
        case file(path: FilePath, relative: String)
        /// Something that is left out, and why.
        case skipped(path: FilePath, reason: String)
        /// Something that cannot be read.
        case failed(path: FilePath, reason: String)
    }

    private struct Level {
        var path: FilePath
        var relative: [String]
        var identity: FileStatus.Identity
        /// Last name first.
        var names: [[UInt8]]
    }

    private var levels: [Level] = []
    /// The folders that hold the first one.
    private let enclosing: Set<FileStatus.Identity>
    private let exclusion: Exclusion

    /// Begins in a folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - exclusion: What is left out, compared with paths below the folder.
    /// - Throws: ``CommandError`` where it is none, or cannot be read.
    init(_ folder: FilePath, excluding exclusion: Exclusion = Exclusion()) throws {
        self.exclusion = exclusion
        do {
            let status = try FileStatus(of: folder)
            guard status.kind == .folder else { throw CommandError.usage("\(folder) is not a folder") }
            let names = try Self.names(in: folder)
            self.enclosing = try Self.enclosing(folder)
            self.levels = [Level(path: folder, relative: [], identity: status.identity, names: names)]
        } catch let error as Errno {
            throw CommandError("\(folder) cannot be read: \(error)")
        }
    }

    /// The next thing; `nil` at the end.
    mutating func next() -> Entry? {
        while let top = self.levels.indices.last {
            guard let name = self.levels[top].names.popLast() else {
                self.levels.removeLast()
                continue
            }
            if let entry = self.entry(name, in: self.levels[top]) { return entry }
        }
        return nil
    }

    /// Counts the files from here on, and their bytes as far as they can be told.
    ///
    /// - Returns: The counts; what it came to when its task is cancelled.
    func count() async -> (files: Int, bytes: Int64) {
        var walk = self
        var count: (files: Int, bytes: Int64) = (0, 0)
        while !Task.isCancelled, let entry = walk.next() {
            guard case .file(let path, _) = entry else { continue }
            count.files += 1
            // A file that has just vanished has none.
            count.bytes += (try? FileStatus(of: path).size) ?? 0
            await Task.yield()
        }
        return count
    }

    /// What is under a name; `nil` for a folder, which is entered.
    private mutating func entry(_ bytes: [UInt8], in level: Level) -> Entry? {
        guard let name = String(validating: bytes, as: UTF8.self), let component = FilePath.Component(name) else {
            let name = String(decoding: bytes, as: UTF8.self)
            return .failed(path: level.path.appending(name), reason: "its name is not UTF-8, as keys are")
        }
        let path = level.path.appending(component)
        let relative = level.relative + [name]
        do {
            let status = try FileStatus(of: path)
            guard !self.exclusion.covers(relative[...], isFolder: status.kind == .folder) else { return nil }
            switch status.kind {
            case .file where PartialFileName.isPartial(name):
                return .skipped(path: path, reason: "it is what an interrupted download has left")
            case .file: return .file(path: path, relative: relative.joined(separator: "/"))
            case .folder:
                guard !self.levels.contains(where: { $0.identity == status.identity }),
                    !self.enclosing.contains(status.identity)
                else {
                    return .skipped(path: path, reason: "it leads back to a folder above it")
                }
                let names = try Self.names(in: path)
                self.levels.append(Level(path: path, relative: relative, identity: status.identity, names: names))
                return nil
            case .link, .special: return .skipped(path: path, reason: "it is no regular file")
            }
        } catch {
            guard !self.exclusion.covers(relative[...], isFolder: false) else { return nil }
            return .failed(path: path, reason: "it cannot be read: \(error)")
        }
    }

    private static func enclosing(_ folder: FilePath) throws(Errno) -> Set<FileStatus.Identity> {
        var path = try RealPath.of(folder)
        var identities: Set<FileStatus.Identity> = []
        while path.removeLastComponent() {
            identities.insert(try FileStatus(of: path).identity)
        }
        return identities
    }

    /// The names in a folder, the last first.
    private static func names(in folder: FilePath) throws(Errno) -> [[UInt8]] {
        guard let directory = folder.withPlatformString({ opendir($0) }) else { throw Errno(rawValue: errno) }
        defer { closedir(directory) }
        var names: [[UInt8]] = []
        while true {
            // readdir(3): only this tells the end from an error.
            errno = 0
            guard let entry = readdir(directory) else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in Array(bytes.prefix { $0 != 0 }) }
            if name != [UInt8(ascii: ".")], name != [UInt8](repeating: UInt8(ascii: "."), count: 2) {
                names.append(name)
            }
        }
        return names.sorted { $1.lexicographicallyPrecedes($0) }
    }
}
