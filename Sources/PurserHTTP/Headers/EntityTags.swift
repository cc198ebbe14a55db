import PurserIdentifiers

/// The value of `If-Match` or `If-None-Match` (RFC 9110 §13.1).
enum EntityTags: Equatable {
    /// `*`
    case any
    /// Tags of contents; those that no content of ours can have are left out. Weak ones apart.
    case list(strong: [FileTag], weak: [FileTag])

    init(_ text: String, field: String) throws {
        let trimmed = text.trimmingBlanks()
        if trimmed == "*" {
            self = .any
            return
        }
        var strong: [FileTag] = []
        var weak: [FileTag] = []
        var rest = trimmed
        while true {
            rest = rest.trimmingBlanks()
            let isWeak = rest.hasPrefix("W/")
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else {
                throw Problem.malformed("invalid_condition", "\(field) takes '*' or entity tags in double quotes")
            }
            if let tag = FileTag(rest[rest.index(after: rest.startIndex)..<end]) {
                if isWeak { weak.append(tag) } else { strong.append(tag) }
            }
            rest = rest[rest.index(after: end)...].trimmingBlanks()
            if rest.isEmpty { break }
            guard rest.first == "," else {
                throw Problem.malformed("invalid_condition", "\(field) takes entity tags with commas between them")
            }
            rest = rest.dropFirst()
        }
        self = .list(strong: strong, weak: weak)
    }

    /// Strong comparison, as `If-Match` wants it: any form of the content will do, since a write is about the content.
    func matchesStrongly(_ blob: BlobID) -> Bool {
        switch self {
        case .any: true
        case .list(let strong, _): strong.contains { $0.blob == blob }
        }
    }

    /// The forms of a content that are in the list, compared weakly, as `If-None-Match` wants it.
    func forms(of blob: BlobID) -> [FileTag] {
        switch self {
        case .any: []
        case .list(let strong, let weak): (strong + weak).filter { $0.blob == blob }
        }
    }
}

extension StringProtocol {
    /// Without the blanks and tabs of optional white space (RFC 9110 §5.6.3).
    func trimmingBlanks() -> SubSequence {
        var trimmed = self[...]
        while let first = trimmed.first, first == " " || first == "\t" { trimmed = trimmed.dropFirst() }
        while let last = trimmed.last, last == " " || last == "\t" { trimmed = trimmed.dropLast() }
        return trimmed
    }
}
