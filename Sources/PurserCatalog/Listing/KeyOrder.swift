/// Byte order of keys, as SQLite compares BLOBs.
enum KeyOrder {
    /// Greater than every key: no byte of valid UTF-8 is 0xff.
    static let end: [UInt8] = [0xff]

    /// The least byte string that is greater than all that begin with `prefix`; `nil` where there is none, for an empty
    /// prefix and for one of bytes 0xff only.
    ///
    /// As a rule it is no valid UTF-8.
    static func end(ofPrefix prefix: [UInt8]) -> [UInt8]? {
        guard let last = prefix.lastIndex(where: { $0 != 0xff }) else { return nil }
        var end = Array(prefix[...last])
        end[last] += 1
        return end
    }

    /// The part of a key up to and with the first delimiter that follows the prefix; `nil` where none follows.
    ///
    /// - Parameters:
    ///   - key: A key that begins with the prefix.
    ///   - prefixLength: Bytes of the prefix.
    ///   - delimiter: At least one byte.
    /// - Returns: The common prefix, `prefix` included.
    static func commonPrefix(of key: [UInt8], after prefixLength: Int, delimiter: [UInt8]) -> [UInt8]? {
        guard key.count >= prefixLength + delimiter.count else { return nil }
        for start in prefixLength...(key.count - delimiter.count)
        where key[start..<(start + delimiter.count)].elementsEqual(delimiter) {
            return Array(key[..<(start + delimiter.count)])
        }
        return nil
    }
}
