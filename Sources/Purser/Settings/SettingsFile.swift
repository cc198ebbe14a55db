import Yams

/// The settings of a YAML file with their places.
///
/// swift-configuration's own provider tells no places, and takes no file with a list of mappings.
struct SettingsFile {
    struct Entry {
        var line: Int
        /// The value, where it is a scalar; as it is written, without its quotes.
        var text: String?
        /// The value itself, where it is a list.
        var list: Node?
    }

    /// Dotted keys.
    private(set) var entries: [String: Entry] = [:]

    /// Reads the keys.
    ///
    /// - Throws: ``SettingsError`` where the text is not YAML, not a mapping, or has a key twice.
    init(text: String, name: String) throws {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw SettingsError([.init(key: name, message: "this is not YAML: \(Self.problem(error))")])
        }
        guard let node else { return }
        if case .scalar(let scalar) = node, scalar.string.isEmpty { return }
        guard case .mapping(let mapping) = node else {
            throw SettingsError([.init(key: name, message: "it must be a mapping of keys to values")])
        }
        self.add(mapping, under: "")
    }

    /// What is wrong, and where; the line itself may hold a secret.
    private static func problem(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(problem) in line \(mark.line), column \(mark.column)"
        case .duplicatedKeysInMapping(let keys, let context):
            "a key stands twice, before line \(context.mark.line): \(keys.map { $0.prefix(80) }.sorted().joined(separator: ", "))"
        default: "it cannot be read"
        }
    }

    private mutating func add(_ mapping: Node.Mapping, under prefix: String) {
        for (key, value) in mapping {
            let name = prefix + (key.string ?? "?")
            switch value {
            case .mapping(let inner): self.add(inner, under: name + ".")
            case .scalar(let scalar): self.entries[name] = Entry(line: key.mark?.line ?? 0, text: scalar.string)
            default: self.entries[name] = Entry(line: key.mark?.line ?? 0, list: value)
            }
        }
    }
}
