import PurserIdentifiers

/// Percent-encoding of names in URLs (RFC 3986).
enum URLText {
    /// The path of a key: everything but unreserved characters and `/` encoded, and dots where a part of the path is
    /// `.` or `..`, for clients and proxies remove such parts (§5.2.4).
    static func path(of key: FileKey) -> String {
        key.text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { part in
                let isDots = (1...2).contains(part.count) && part.allSatisfy { $0 == UInt8(ascii: ".") }
                return isDots ? String(repeating: "%2E", count: part.count) : self.encoded(part)
            }
            .joined(separator: "/")
    }

    /// The path of a file's document.
    static func path(of place: FilePlace) -> String {
        "/v1/buckets/\(self.encoded(place.bucket.text.utf8))/files/\(self.path(of: place.key))"
    }

    /// A query of names and values, with its question mark; empty where there are none.
    static func query(_ items: [(name: String, value: String)]) -> String {
        guard !items.isEmpty else { return "" }
        return "?" + items.map { "\($0.name)=\(self.encoded($0.value.utf8))" }.joined(separator: "&")
    }

    /// Encodes all but unreserved characters (§2.3).
    static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
