/// How a text's bytes are to be read.
enum TextEncoding {
    /// The encoding that a byte order mark tells; `nil` where there is none.
    ///
    /// - Parameter head: The first four bytes, fewer where there are no more.
    static func mark(of head: [UInt8]) -> String? {
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { return "UTF-8" }
        if head.starts(with: [0xFF, 0xFE, 0, 0]) { return "UTF-32LE" }
        if head.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32BE" }
        if head.starts(with: [0xFF, 0xFE]) { return "UTF-16LE" }
        if head.starts(with: [0xFE, 0xFF]) { return "UTF-16BE" }
        return nil
    }

    /// What iconv calls an encoding that `file` names; `nil` where it is no text.
    ///
    /// - Parameters:
    ///   - name: As `file --mime-encoding` prints it.
    ///   - fallback: What unknown bytes above ASCII are taken for.
    static func iconvName(_ name: String, fallback: String) -> String? {
        switch name {
        case "binary", "": nil
        case "us-ascii", "utf-8": "UTF-8"
        case "unknown-8bit", "ebcdic": fallback
        case "utf-16le", "utf-16be", "utf-32le", "utf-32be", "iso-8859-1", "utf-7", "utf-16", "utf-32": name.uppercased()
        default: name.wholeMatch(of: /[a-z0-9][a-z0-9_-]{1,30}/) == nil ? nil : name.uppercased()
        }
    }
}
