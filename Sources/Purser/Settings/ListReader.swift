import Foundation
import PurserOperations
import Yams

/// An element of a list of settings: a mapping with a closed set of fields.
protocol ListSetting: Codable {
    /// The names of its fields, as files have them.
    static var fields: Set<String> { get }
    /// The same without its secrets: it may be shown to anybody, and no file takes it.
    var redacted: Self { get }
}

extension ListSetting {
    /// Nothing of it is a secret.
    var redacted: Self { self }
}

/// Reads lists of settings from YAML.
enum ListReader {
    /// Reads a list on one line.
    ///
    /// - Throws: `SettingProblem`, with the key of the element at fault.
    static func read<Element: ListSetting>(_ text: String, key: String) throws(SettingProblem) -> [Element] {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            // Not the text, which may hold secrets.
            throw SettingProblem(key, got: "no YAML", takes: "a list in YAML, such as [{name: a}]")
        }
        guard let node else { return [] }
        return try self.read(node, key: key)
    }

    /// Reads a list.
    ///
    /// - Throws: `SettingProblem`, with the key of the element at fault.
    static func read<Element: ListSetting>(_ node: Node, key: String) throws(SettingProblem) -> [Element] {
        guard case .sequence(let sequence) = node else {
            throw SettingProblem(key, got: "no list", takes: "a list")
        }
        var elements: [Element] = []
        for (index, node) in sequence.enumerated() {
            elements.append(try self.element(node, key: "\(key)[\(index)]"))
        }
        return elements
    }

    private static func element<Element: ListSetting>(_ node: Node, key: String) throws(SettingProblem) -> Element {
        let fields = Element.fields.sorted().joined(separator: ", ")
        guard case .mapping(let mapping) = node else {
            throw SettingProblem(key, got: "no mapping", takes: "a mapping of \(fields)")
        }
        for name in mapping.keys.map({ $0.string ?? "?" }) where !Element.fields.contains(name) {
            throw SettingProblem("\(key).\(name)", got: name, takes: "one of the fields \(fields)")
        }
        do {
            return try YAMLDecoder().decode(Element.self, from: node)
        } catch let error as DecodingError {
            throw self.problem(error, key: key)
        } catch {
            throw SettingProblem(key, got: "\(error)", takes: "a mapping of \(fields)")
        }
    }

    private static func problem(_ error: DecodingError, key: String) -> SettingProblem {
        func named(_ path: [any CodingKey]) -> String { ([key] + path.map(\.stringValue)).joined(separator: ".") }
        switch error {
        case .keyNotFound(let missing, let context):
            return SettingProblem(named(context.codingPath + [missing]), got: "nothing", takes: "a value")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return SettingProblem(named(context.codingPath), got: "something else", takes: context.debugDescription)
        @unknown default:
            return SettingProblem(key, got: "\(error)", takes: "another value")
        }
    }

    /// Writes a list on one line, as ``read(_:key:)-(String,_)`` takes it: JSON is YAML.
    static func write(_ elements: [some ListSetting]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // JSON has no such numbers; they are refused where they are checked, with the key.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: ".inf",
            negativeInfinity: "-.inf",
            nan: ".nan"
        )
        guard let data = try? encoder.encode(elements) else {
            preconditionFailure("settings that were read can be written")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// A duration within a list, in the form of `30s`.
struct DurationSetting: Codable {
    var duration: Duration

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let duration = DurationText.parse(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "a duration such as 30s or 10m, got '\(text)'"
            )
        }
        self.duration = duration
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(DurationText.exact(self.duration))
    }
}
