import PurserIdentifiers
import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Where the content of a key goes in the user's own files.
///
/// A key comes from others: no name in it leads out of the
/// folder that the user named.
enum DownloadTarget {
    /// The longest name in a folder, in bytes, on all usual file systems.
    private static let maxNameBytes = 255

    /// The path of a single download.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - argument: What the user named: a file, a folder to put it into, or nothing.
    /// - Returns: A path; what it names need not exist.
    /// - Throws: ``CommandError`` `.usage` where the key's last part is not a name.
    static func path(of key: FileKey, argument: String?) throws -> FilePath {
        guard let argument else { return FilePath(root: nil, [try self.name(of: key)]) }
        guard !argument.isEmpty else { throw CommandError.usage("FILE is empty") }
        let path = FilePath(argument)
        let isFolder = argument.hasSuffix("/") ? true : try FileStatus.ifPresent(path)?.kind == .folder
        return isFolder ? path.appending(try self.name(of: key)) : path
    }

    private static func name(of key: FileKey) throws -> FilePath.Component {
        let parts = key.text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let last = parts.last, let name = self.component(Array(last)) else {
            throw CommandError.usage(
                "the end of the key '\(key)' is not the name of a file; say FILE, or - for standard output"
            )
        }
        return name
    }

    /// The path of a key below a folder.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - prefix: What is left out of it; the key begins so.
    /// - Returns: A relative path whose every part is a plain name; `nil` where the key cannot be one.
    static func relativePath(of key: String, droppingPrefix prefix: String) -> FilePath? {
        let rest = key.utf8.dropFirst(prefix.utf8.count)
        guard !rest.isEmpty else { return nil }
        var path = FilePath()
        for part in rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let component = self.component(Array(part)) else { return nil }
            path.append(component)
        }
        return path
    }

    private static func component(_ bytes: [UInt8]) -> FilePath.Component? {
        guard bytes.count <= self.maxNameBytes, !bytes.contains(0),
            let component = FilePath.Component(String(decoding: bytes, as: UTF8.self)), component.kind == .regular
        else { return nil }
        return component
    }

    /// Makes the folders above a path below a folder.
    ///
    /// - Throws: ``CommandError`` where one of them is a link, which could lead out of the folder, or something else.
    static func makeFolders(above relative: FilePath, in folder: FilePath) throws {
        var path = folder
        for component in relative.removingLastComponent().components {
            path.append(component)
            switch try FileStatus.ifPresent(path, followsLinks: false)?.kind {
            case .folder: continue
            case .link: throw CommandError("\(path) is a link; it is not followed, as it may lead out of \(folder)")
            case .file, .special: throw CommandError("\(path) is in the way: a folder of this name is needed")
            case nil: try self.makeFolder(path)
            }
        }
    }

    /// Makes a folder where there is none.
    static func makeFolder(_ path: FilePath) throws {
        guard path.withPlatformString({ mkdir($0, 0o777) }) != 0 else { return }
        let error = Errno(rawValue: errno)
        // Another transfer may have been faster.
        guard error == .fileExists, try FileStatus.ifPresent(path)?.kind == .folder else {
            throw CommandError("the folder \(path) cannot be made: \(error)")
        }
    }
}
