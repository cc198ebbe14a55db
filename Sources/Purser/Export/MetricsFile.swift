import Foundation
import PurserBlobs
import SystemPackage

/// Where exports are written.
enum MetricsFile {
    /// The path of an export: the parts of the time put in, in UTC.
    ///
    /// - Parameters:
    ///   - pattern: A path in which `%Y %m %d %H %M %S` stand for parts of the time, and `%%` for a percent sign.
    ///   - time: The time.
    /// - Returns: The path.
    static func path(_ pattern: String, at time: Date) -> FilePath {
        var seconds = time_t(time.timeIntervalSince1970.rounded(.down))
        var fields = tm()
        gmtime_r(&seconds, &fields)
        let parts: [Character: (Int32, Int)] = [
            "Y": (fields.tm_year + 1900, 4), "m": (fields.tm_mon + 1, 2), "d": (fields.tm_mday, 2),
            "H": (fields.tm_hour, 2), "M": (fields.tm_min, 2), "S": (fields.tm_sec, 2),
        ]
        var path = ""
        var isPart = false
        for letter in pattern {
            guard isPart else {
                isPart = letter == "%"
                if !isPart { path.append(letter) }
                continue
            }
            isPart = false
            if let (value, width) = parts[letter] {
                let digits = String(value)
                path += String(repeating: "0", count: max(0, width - digits.count)) + digits
            } else {
                path += letter == "%" ? "%" : "%\(letter)"
            }
        }
        return FilePath(path)
    }

    /// Writes a file whole and durable, or not at all.
    ///
    /// - Throws: `FileSystemError`; what was there before stays then.
    static func write(_ bytes: Data, to path: FilePath, fileSystem: any FileSystem) throws {
        let hasFolder = !path.removingLastComponent().isEmpty
        let place = hasFolder ? path : FilePath(".").appending(path.components)
        // A name that nobody else has: the folder is a user's.
        let suffix = ".\(UInt64.random(in: 0 ... .max)).part"
        try fileSystem.write(String(decoding: bytes, as: UTF8.self), durablyTo: place, beside: suffix)
    }
}
