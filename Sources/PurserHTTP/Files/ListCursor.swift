import Crypto
import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserStore

/// The cursor of a listing: where its last page ended, and to which listing it belongs.
///
/// Base64url (RFC 4648 §5) of: the kind of position (1 byte), 8 bytes of a digest of bucket, prefix and delimiter, and
/// the position's bytes.
enum ListCursor {
    private static let digestBytes = 8

    static func encode(_ position: ListPosition, for list: ListRequest) -> String {
        var bytes: [UInt8]
        switch position {
        case .key(let key): bytes = [UInt8(ascii: "k")] + self.digest(of: list) + key
        case .prefix(let prefix): bytes = [UInt8(ascii: "p")] + self.digest(of: list) + prefix
        }
        return Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// - Throws: A problem 400 where it is none, or one of another listing.
    static func decode(_ text: String, for list: ListRequest) throws -> ListPosition {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64), let kind = data.first, data.count > self.digestBytes + 1 else {
            throw Problem.malformed("invalid_cursor", "'cursor' takes the next_cursor of the page before")
        }
        guard data.dropFirst().prefix(self.digestBytes).elementsEqual(self.digest(of: list)) else {
            throw Problem.malformed(
                "invalid_cursor",
                "this cursor belongs to another listing; keep bucket, prefix and delimiter while you page"
            )
        }
        let position = [UInt8](data.dropFirst(1 + self.digestBytes))
        switch kind {
        case UInt8(ascii: "k"): return .key(position)
        case UInt8(ascii: "p"): return .prefix(position)
        default: throw Problem.malformed("invalid_cursor", "'cursor' takes the next_cursor of the page before")
        }
    }

    private static func digest(of list: ListRequest) -> [UInt8] {
        var hash = SHA256()
        for part in [list.bucket.text, list.prefix, list.delimiter ?? ""] {
            withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: Array(part.utf8))
        }
        return Array(hash.finalize().prefix(self.digestBytes))
    }
}
