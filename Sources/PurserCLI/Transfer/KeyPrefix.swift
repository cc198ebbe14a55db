/// What comes before the keys of a folder's files.
enum KeyPrefix {
    /// Takes a prefix as a folder: with a slash at its end, unless it is empty.
    static func folder(_ prefix: String) -> String {
        prefix.isEmpty || prefix.utf8.last == UInt8(ascii: "/") ? prefix : prefix + "/"
    }
}
