import Foundation
import HTTPTypes
import Purser
import PurserCatalog
import PurserIdentifiers
import PurserStore
import RawStructuredFieldValues

/// Digest fields (RFC 9530), of which SHA-256 and SHA-512 are understood; others are ignored, as the RFC allows.
enum Digests {
    /// Reads what a client announces of its content.
    ///
    /// A content without a coding is its own representation, so both fields say the same and both are checked.
    static func expected(in headers: HTTPFields) throws -> ExpectedDigests {
        var digests = ExpectedDigests()
        for name in [HTTPField.Name.reprDigest, .contentDigest] where headers[name] != nil {
            guard let fields = StructuredField.dictionary(name, in: headers) else {
                throw Self.malformed(name, "it is not a structured dictionary")
            }
            for (algorithm, value) in fields {
                switch algorithm {
                case "sha-256":
                    guard let blob = BlobID(bytes: try self.bytes(value, of: name)) else {
                        throw Self.malformed(name, "a SHA-256 has 32 bytes")
                    }
                    guard digests.sha256 == nil || digests.sha256 == blob else {
                        throw Self.malformed(name, "it contradicts another digest of this request")
                    }
                    digests.sha256 = blob
                case "sha-512":
                    let bytes = try self.bytes(value, of: name)
                    guard bytes.count == 64 else { throw Self.malformed(name, "a SHA-512 has 64 bytes") }
                    guard digests.sha512 == nil || digests.sha512 == bytes else {
                        throw Self.malformed(name, "it contradicts another digest of this request")
                    }
                    digests.sha512 = bytes
                default: continue
                }
            }
        }
        return digests
    }

    private static func bytes(_ value: ItemOrInnerList, of name: HTTPField.Name) throws -> [UInt8] {
        guard case .item(let item) = value, case .undecodedByteSequence(let text) = item.rfc9651BareItem,
            let data = Data(base64Encoded: text)
        else { throw Self.malformed(name, "a digest is written as base64 between colons") }
        return Array(data)
    }

    private static func malformed(_ name: HTTPField.Name, _ reason: String) -> Problem {
        .malformed("invalid_digest", "\(name.rawName) cannot be understood: \(reason)")
    }
}

extension FileRecord {
    /// The value of `Repr-Digest`.
    var reprDigest: String { "sha-256=:\(Data(self.blob.bytes).base64EncodedString()):" }
}
