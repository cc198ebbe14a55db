/// A text with places for what is known of a file, such as `--size={parameters.size}`.
///
/// `{{` and `}}` stand for braces.
struct ExecTemplate: Sendable, Hashable {
    /// What can stand in braces.
    enum Place: Sendable, Hashable {
        case input, folder, size, sha256, contentType, key, bucket
        case output(String)
        case file(step: String)
        case value(step: String, String)
        case parameter(String)
    }

    enum Part: Sendable, Hashable {
        case text(String)
        case place(Place)
    }

    /// The text as it was written.
    let source: String
    let parts: [Part]

    /// Reads a text; `nil` where its braces are none of the places.
    init?(_ source: String) {
        self.source = source
        var parts: [Part] = []
        var text = ""
        var rest = source[...]
        while let character = rest.popFirst() {
            if (character == "{" || character == "}") && rest.first == character {
                rest.removeFirst()
                text.append(character)
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}"), let place = Place(rest[..<end]) else { return nil }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.place(place))
                rest = rest[rest.index(after: end)...]
            } else if character == "}" {
                return nil
            } else {
                text.append(character)
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        self.parts = parts
    }

    /// What stands in braces.
    var places: [Place] {
        self.parts.compactMap { if case .place(let place) = $0 { place } else { nil } }
    }

    /// What the text begins with, where that is known already.
    var beginning: String? {
        if case .text(let text)? = self.parts.first { text } else { nil }
    }
}

extension ExecTemplate.Place {
    /// What can be written, for messages.
    static let all = """
        {input}, {folder}, {output:NAME}, {step.NAME.file}, {step.NAME.value.X}, {parameters.X}, {size}, {sha256}, \
        {content_type}, {bucket} and {key}
        """

    init?(_ text: Substring) {
        switch text {
        case "input": self = .input
        case "folder": self = .folder
        case "size": self = .size
        case "sha256": self = .sha256
        case "content_type": self = .contentType
        case "key": self = .key
        case "bucket": self = .bucket
        default:
            if text.hasPrefix("output:") {
                self = .output(String(text.dropFirst("output:".count)))
                return
            }
            let words = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard !words.contains("") else { return nil }
            switch (words.first, words.count) {
            case ("parameters", 2): self = .parameter(words[1])
            case ("step", 3) where words[2] == "file": self = .file(step: words[1])
            case ("step", 4) where words[2] == "value": self = .value(step: words[1], words[3])
            default: return nil
            }
        }
    }

    /// Whether somebody outside chose what comes here, or a tool read it from a file: it may begin with anything.
    var isForeign: Bool {
        switch self {
        case .contentType, .key, .parameter, .value: true
        case .input, .folder, .size, .sha256, .bucket, .output, .file: false
        }
    }

    /// Whether what comes here depends on where the file is in the store, and not on its content.
    var dependsOnName: Bool {
        switch self {
        case .contentType, .key, .bucket: true
        default: false
        }
    }
}
