/// Kinds of archives that are opened.
///
/// Others that bsdtar knows are not: some of them name files of the machine to be taken in.
enum ArchiveFormat: String, Sendable, Hashable {
    case zip, tar, gzip, bzip2, xz, zstd

    /// The format that a content begins with; `nil` where it is none of these.
    ///
    /// - Parameter head: The first 262 bytes, fewer where there are no more.
    init?(head: [UInt8]) {
        let marks: [(Self, [UInt8])] = [
            (.zip, [0x50, 0x4B, 3, 4]), (.zip, [0x50, 0x4B, 5, 6]), (.gzip, [0x1F, 0x8B]), (.bzip2, [0x42, 0x5A, 0x68]),
            (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), (.zstd, [0x28, 0xB5, 0x2F, 0xFD]),
        ]
        if let found = marks.first(where: { head.starts(with: $0.1) }) {
            self = found.0
        } else if head.count >= 262, head[257..<262].elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72]) {
            self = .tar
        } else {
            return nil
        }
    }

    /// Bytes of a content that ``init(head:)`` looks at.
    static let headSize = 262

    /// Reads what bsdtar says at the end of its listing.
    ///
    /// - Parameter line: Such as `Archive Format: ZIP 2.0 (deflation),  Compression: none`.
    /// - Returns: Whether what it read is an archive of these kinds; what a compressed one holds shows only here.
    static func isOpened(_ line: some StringProtocol) -> Bool {
        guard let name = line.split(separator: ": ").dropFirst().first?.prefix(while: { $0 != "," }) else { return false }
        return name.hasPrefix("ZIP ") || Self.tars.contains(String(name))
    }

    private static let tars: Set<String> = [
        "POSIX ustar format", "POSIX pax interchange format", "GNU tar format", "tar (non-POSIX)", "tar",
    ]

    /// How many entries a zip has, as the directory at its end tells; `nil` where that is missing, as of a zip that was cut
    /// off, and the largest number where there are too many for its old form.
    ///
    /// - Parameter tail: The last bytes of the content, up to ``tailSize``.
    static func zipEntries(_ tail: [UInt8]) -> Int? {
        let mark: [UInt8] = [0x50, 0x4B, 5, 6]
        guard tail.count >= 22 else { return nil }
        for start in (0...tail.count - 22).reversed() where tail[start..<start + 4].elementsEqual(mark) {
            let count = Int(tail[start + 10]) | Int(tail[start + 11]) << 8
            return count == 0xFFFF ? .max : count
        }
        return nil
    }

    /// Bytes at the end of a zip in which bsdtar looks for its directory.
    static let tailSize = 16 << 10
}
