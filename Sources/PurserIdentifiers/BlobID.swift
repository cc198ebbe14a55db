/// The SHA-256 of a content: the name under which a blob is kept.
///
/// Two contents with the same id are taken to be the same content (FIPS 180-4). Kept as four words, so that comparing
/// and hashing never touches the heap.
public struct BlobID: Hashable, Sendable {
    /// Length of the digest in bytes.
    public static let byteCount = 32

    /// The id of the content of no bytes.
    public static let empty = BlobID(
        words: (0xe3b0_c442_98fc_1c14, 0x9afb_f4c8_996f_b924, 0x27ae_41e4_649b_934c, 0xa495_991b_7852_b855)
    )

    private let word0, word1, word2, word3: UInt64

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (self.word0, self.word1, self.word2, self.word3) = words
    }

    /// Takes a digest as bytes, most significant first.
    ///
    /// - Returns: `nil` unless there are exactly 32 bytes.
    public init?(bytes: some Sequence<UInt8>) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var count = 0
        for byte in bytes {
            switch count / 8 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            case 3: words.3 = words.3 << 8 | UInt64(byte)
            default: return nil
            }
            count += 1
        }
        guard count == Self.byteCount else { return nil }
        self.init(words: words)
    }

    /// Reads a digest as 64 hexadecimal digits, upper or lower case.
    ///
    /// - Returns: `nil` for anything else.
    public init?(hex: some StringProtocol) {
        let digits = Array(hex.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes = [UInt8]()
        bytes.reserveCapacity(Self.byteCount)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.nibble(digits[index]), let low = Self.nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        self.init(bytes: bytes)
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The digest as 32 bytes, most significant first.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            self.copyBytes(to: buffer)
            count = Self.byteCount
        }
    }

    private func copyBytes(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        for (place, word) in [self.word0, self.word1, self.word2, self.word3].enumerated() {
            for offset in 0..<8 {
                buffer[place * 8 + offset] = UInt8(truncatingIfNeeded: word >> UInt64(56 - offset * 8))
            }
        }
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public var hex: String {
        String(unsafeUninitializedCapacity: 2 * Self.byteCount) { buffer in
            for place in 0..<64 {
                let word =
                    switch place / 16 {
                    case 0: self.word0
                    case 1: self.word1
                    case 2: self.word2
                    default: self.word3
                    }
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - place % 16 * 4)) & 0xf
                buffer[place] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
            }
            return 64
        }
    }
}

extension BlobID: CustomStringConvertible {
    /// The same as ``hex``.
    public var description: String { self.hex }
}

extension BlobID: Comparable {
    /// Orders as the bytes do, the most significant first.
    public static func < (left: BlobID, right: BlobID) -> Bool {
        (left.word0, left.word1, left.word2, left.word3) < (right.word0, right.word1, right.word2, right.word3)
    }
}
