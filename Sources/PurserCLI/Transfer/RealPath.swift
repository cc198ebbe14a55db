import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Paths without links.
enum RealPath {
    /// Follows the links of a path that exists.
    static func of(_ path: FilePath) throws(Errno) -> FilePath {
        guard let text = path.withPlatformString({ realpath($0, nil) }) else { throw Errno(rawValue: errno) }
        defer { free(text) }
        return FilePath(platformString: text)
    }
}
