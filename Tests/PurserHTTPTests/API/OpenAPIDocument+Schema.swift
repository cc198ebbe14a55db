import Foundation

@testable import PurserHTTP

/// As much of JSON Schema as the description uses; fields that no schema names are objections too.
extension OpenAPIDocument {
    /// What a value has that its schema does not allow, or lacks.
    ///
    /// - Returns: Empty where they agree.
    func objections(to value: JSONValue, under schema: JSONValue, at place: String = "") throws -> [String] {
        let schema = try self.resolved(schema)
        if let choices = schema["oneOf"]?.elements {
            let fits = try choices.contains { try self.objections(to: value, under: $0, at: place).isEmpty }
            return fits ? [] : ["\(place) fits none of its schemas"]
        }
        let parts = try self.parts(of: schema)
        var objections = parts.flatMap { Self.objections(to: value, underOne: $0, at: place) }
        for (index, element) in value.elements.enumerated() {
            for items in parts.compactMap({ $0["items"] }) {
                objections += try self.objections(to: element, under: items, at: "\(place)[\(index)]")
            }
        }
        for (name, member) in value.members {
            let schemas = parts.compactMap { $0["properties"]?[name] ?? $0["additionalProperties"] }
            if schemas.isEmpty, parts.contains(where: { $0["properties"] != nil }) {
                objections.append("\(place).\(name) is not described")
            }
            for schema in schemas {
                objections += try self.objections(to: member, under: schema, at: "\(place).\(name)")
            }
        }
        return objections
    }

    /// The schema and all that it is put together from.
    private func parts(of schema: JSONValue) throws -> [JSONValue] {
        var parts = [schema]
        for part in schema["allOf"]?.elements ?? [] {
            parts += try self.parts(of: self.resolved(part))
        }
        return parts
    }

    /// Types, required fields, words and patterns; not what is below.
    private static func objections(to value: JSONValue, underOne schema: JSONValue, at place: String) -> [String] {
        var objections: [String] = []
        if let type = schema["type"] {
            let types = type.text.map { [$0] } ?? type.elements.compactMap(\.text)
            let isOne = types.contains(value.typeName) || (types.contains("number") && value.typeName == "integer")
            if !isOne { objections.append("\(place) is \(value.typeName), not \(types.joined(separator: " or "))") }
        }
        for name in schema["required"]?.elements.compactMap(\.text) ?? [] where value[name] == nil {
            objections.append("\(place).\(name) is missing")
        }
        if let words = schema["enum"]?.elements, !words.contains(value) {
            objections.append("\(place) is none of the words listed")
        }
        if let constant = schema["const"], constant != value {
            objections.append("\(place) is not the constant")
        }
        if let pattern = schema["pattern"]?.text, let text = value.text,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            objections.append("\(place) does not match \(pattern)")
        }
        return objections
    }
}
