/// The name of a file within its bucket: 1–1,024 bytes of UTF-8 without U+0000–U+001F and U+007F, kept byte for byte.
///
/// Nothing in it has a meaning to the store: `..`, `//` and a trailing dot are names like any other, and a key never
/// becomes a path. Keys are compared by their bytes. Swift's own `String` would take two spellings of one letter
/// (NFC and NFD) for the same key, so use this type, never its text, as the key of a dictionary.
public struct FileKey: Sendable {
    /// The longest key, in bytes.
    public static let maxBytes = 1024

    /// The key as given.
    public let text: String

    /// Takes a key that obeys the rules.
    ///
    /// - Throws: ``IdentifierError`` with code `invalid_key`.
    public init(_ text: String) throws(IdentifierError) {
        var text = text
        let objection: String? = text.withUTF8 { bytes in
            if bytes.isEmpty { return "it is empty" }
            if bytes.count > Self.maxBytes { return "it is \(bytes.count) bytes long; \(Self.maxBytes) are allowed" }
            if bytes.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return "it contains a control character" }
            return nil
        }
        if let objection {
            throw IdentifierError(.invalidKey, "not a key: \(objection)")
        }
        self.text = text
    }

    /// Takes a key as bytes.
    ///
    /// - Throws: ``IdentifierError`` with code `invalid_key`, also where the bytes are not UTF-8 (RFC 3629).
    public init(utf8 bytes: some Collection<UInt8>) throws(IdentifierError) {
        guard bytes.count <= Self.maxBytes else {
            throw IdentifierError(
                .invalidKey,
                "not a key: it is \(bytes.count) bytes long; \(Self.maxBytes) are allowed"
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw IdentifierError(.invalidKey, "not a key: it is not valid UTF-8")
        }
        try self.init(text)
    }
}

extension FileKey: Hashable {
    /// Compares bytes, not letters.
    public static func == (left: FileKey, right: FileKey) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Feeds the bytes.
    public func hash(into hasher: inout Hasher) {
        var text = self.text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension FileKey: Comparable {
    /// Orders by bytes.
    public static func < (left: FileKey, right: FileKey) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension FileKey: CustomStringConvertible {
    /// The key as given.
    public var description: String { self.text }
}
