import ArgumentParser

/// A text with wildcards, compared as a whole, scalar by scalar.
///
/// The time it takes follows the length of the pattern times that of the text, whatever the wildcards.
struct Glob: Sendable, Hashable {
    private enum Token: Sendable, Hashable {
        case scalar(Unicode.Scalar)
        /// `?`
        case one
        /// `*`
        case name
        /// `**`
        case anything
        /// `[…]`
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

        var isRepeated: Bool {
            switch self {
            case .name, .anything: true
            case .scalar, .one, .set: false
            }
        }

        func takes(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .scalar(let own): own == scalar
            case .anything: true
            case .one, .name: scalar != "/"
            case .set(let ranges, let isNegated):
                scalar != "/" && ranges.contains { $0.contains(scalar) } != isNegated
            }
        }
    }

    private let tokens: [Token]

    /// Reads a pattern.
    ///
    /// - Throws: `ValidationError` where a set is not closed, or nothing follows a backslash.
    init(_ text: some StringProtocol) throws {
        var tokens: [Token] = []
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*":
                let isMore = rest.first == "*"
                while rest.first == "*" { rest.removeFirst() }
                tokens.append(isMore ? .anything : .name)
            case "?": tokens.append(.one)
            case "[": tokens.append(try Self.set(&rest, of: String(text)))
            case "\\":
                guard let literal = rest.popFirst() else {
                    throw ValidationError("the pattern '\(text)' ends with a backslash; write \\\\ for one.")
                }
                tokens.append(.scalar(literal))
            default: tokens.append(.scalar(scalar))
            }
        }
        self.tokens = tokens
    }

    /// Reads a set from behind its opening bracket.
    private static func set(_ rest: inout Substring.UnicodeScalarView, of pattern: String) throws -> Token {
        let isNegated = rest.first == "!" || rest.first == "^"
        if isNegated { rest.removeFirst() }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let lower = rest.popFirst() {
            // A bracket that would close an empty set is one of its members.
            if lower == "]", !ranges.isEmpty { return .set(ranges, isNegated: isNegated) }
            guard lower != "[" || rest.first != ":" else {
                throw ValidationError("'\(pattern)' names a class; write its characters, such as [0-9].")
            }
            guard rest.first == "-", let upper = rest.dropFirst().first, upper != "]" else {
                ranges.append(lower...lower)
                continue
            }
            guard lower <= upper else { throw ValidationError("'\(pattern)' has a range that ends before it begins.") }
            ranges.append(lower...upper)
            rest.removeFirst(2)
        }
        throw ValidationError("'\(pattern)' has a [ without a ].")
    }

    /// Whether the text matches, from its start to its end.
    func matches(_ text: String) -> Bool {
        // Which numbers of tokens can have been used up so far.
        var used = [Bool](repeating: false, count: self.tokens.count + 1)
        used[0] = true
        self.passRepeated(&used)
        for scalar in text.unicodeScalars {
            var next = [Bool](repeating: false, count: used.count)
            for (index, token) in self.tokens.enumerated() where used[index] && token.takes(scalar) {
                next[token.isRepeated ? index : index + 1] = true
            }
            self.passRepeated(&next)
            used = next
        }
        return used[self.tokens.count]
    }

    /// What may stand for nothing can be passed.
    private func passRepeated(_ used: inout [Bool]) {
        for (index, token) in self.tokens.enumerated() where used[index] && token.isRepeated { used[index + 1] = true }
    }

    /// Whether it begins with `**`.
    var beginsWithAnything: Bool { self.tokens.first == .anything }
}
