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

    /// Whether a zip has the directory at its end that tells its entries; without it, it was cut off.
    static func hasDirectory(_ tail: [UInt8]) -> Bool {
        let mark: [UInt8] = [0x50, 0x4B, 5, 6]
        guard tail.count >= 22 else { return false }
        return (0...tail.count - 22).contains { tail[$0] == 0x50 && tail[$0..<$0 + 4].elementsEqual(mark) }
    }

    /// Bytes at the end of a zip in which bsdtar looks for its directory.
    static let tailSize = 16 << 10
}
