/// The name of a bucket, by the naming rules of Amazon S3's general purpose buckets.
///
/// 3–63 bytes of lower-case letters, digits, dots and hyphens; a letter or digit first and last; no two dots in a row;
/// not of the form of an IPv4 address; without the prefixes and suffixes that S3 keeps for itself.
public struct BucketName: Hashable, Sendable {
    /// The bucket that every store has from its first start.
    public static let `default` = BucketName(unchecked: "default")

    /// The name as given.
    public let text: String

    private init(unchecked text: String) {
        self.text = text
    }

    /// Takes a name that obeys the rules.
    ///
    /// - Throws: ``IdentifierError`` with code `invalid_bucket_name`.
    public init(_ text: String) throws(IdentifierError) {
        if let reason = Self.objection(to: Array(text.utf8)) {
            throw IdentifierError(.invalidBucketName, "'\(text.prefix(80))' is not a bucket name: \(reason)")
        }
        self.text = text
    }

    private static let reservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"]
    private static let reservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]

    private static func objection(to bytes: [UInt8]) -> String? {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard (3...63).contains(bytes.count), let first = bytes.first, let last = bytes.last else {
            return "it takes 3 to 63 characters"
        }
        guard bytes.allSatisfy({ isLetterOrDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }) else {
            return "it takes lower-case letters, digits, dots and hyphens"
        }
        guard isLetterOrDigit(first), isLetterOrDigit(last) else {
            return "it begins and ends with a letter or digit"
        }
        guard !zip(bytes, bytes.dropFirst()).contains(where: { $0 == UInt8(ascii: ".") && $1 == UInt8(ascii: ".") })
        else {
            return "two dots may not follow each other"
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count == 4, labels.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) {
            return "it may not look like an IP address"
        }
        if let prefix = self.reservedPrefixes.first(where: text.hasPrefix) {
            return "names that begin with '\(prefix)' are reserved"
        }
        if let suffix = self.reservedSuffixes.first(where: text.hasSuffix) {
            return "names that end with '\(suffix)' are reserved"
        }
        return nil
    }
}

extension BucketName: CustomStringConvertible {
    /// The name as given.
    public var description: String { self.text }
}

extension BucketName: Comparable {
    /// Orders by bytes.
    public static func < (left: BucketName, right: BucketName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
