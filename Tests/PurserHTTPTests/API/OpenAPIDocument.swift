import Foundation
import Testing

@testable import PurserHTTP

/// A value of a JSON document.
indirect enum JSONValue: Decodable, Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {  // no bool: then it is one of the others
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {  // likewise
            self = .number(value)
        } else if let value = try? container.decode(String.self) {  // likewise
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {  // likewise
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    init(json bytes: some Collection<UInt8>) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    /// A member of an object.
    subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var members: [String: JSONValue] {
        if case .object(let members) = self { members } else { [:] }
    }

    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The name of its type, as JSON Schema says it; a whole number is an integer.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number(let value): value.rounded() == value ? "integer" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

/// The description of the API as it is served, and what can be asked of it.
struct OpenAPIDocument: Sendable {
    /// A method and a path.
    struct Call: Hashable, Comparable, CustomStringConvertible {
        var method: String
        var path: String

        var description: String { "\(self.method) \(self.path)" }

        static func < (left: Self, right: Self) -> Bool { (left.path, left.method) < (right.path, right.method) }
    }

    let root: JSONValue

    init() throws {
        self.root = try JSONValue(json: PackageResources.openapi_json)
    }

    private static let methods: Set = ["get", "head", "put", "post", "delete", "options", "patch", "trace"]

    /// Every call that is described.
    var calls: Set<Call> {
        var calls: Set<Call> = []
        for (path, item) in self.root["paths"]?.members ?? [:] {
            for method in item.members.keys where Self.methods.contains(method) {
                calls.insert(Call(method: method.uppercased(), path: path))
            }
        }
        return calls
    }

    /// The answers of a call by status, references followed.
    func responses(to call: Call) throws -> [String: JSONValue] {
        let operation = self.root["paths"]?[call.path]?[call.method.lowercased()]
        let responses = try #require(operation?["responses"], "\(call) is not described")
        return try responses.members.mapValues { try self.resolved($0) }
    }

    /// Follows a reference.
    func resolved(_ value: JSONValue) throws -> JSONValue {
        guard let reference = value["$ref"]?.text else { return value }
        var found = self.root
        for name in reference.split(separator: "/").dropFirst() {
            found = try #require(found[String(name)], "\(reference) leads nowhere")
        }
        return try self.resolved(found)
    }

    /// The closed list of the codes of a status.
    func codes(of status: Int) throws -> Set<String> {
        try self.codes(allowedBy: .object(["$ref": .string("#/components/schemas/Problem\(status)")]))
    }

    /// All codes that a problem document may have.
    func allCodes() throws -> [String] {
        let code = self.root["components"]?["schemas"]?["Problem"]?["properties"]?["code"]
        return try #require(code?["enum"]).elements.compactMap(\.text)
    }

    /// The codes that a schema of a problem document leaves.
    func codes(allowedBy schema: JSONValue) throws -> Set<String> {
        let schema = try self.resolved(schema)
        var codes = Set(try self.allCodes())
        if let list = schema["properties"]?["code"]?["enum"] {
            codes.formIntersection(list.elements.compactMap(\.text))
        }
        for part in schema["allOf"]?.elements ?? [] {
            codes.formIntersection(try self.codes(allowedBy: part))
        }
        return codes
    }
}
