package import Foundation

/// How documents about the service become JSON: names in snake case, in a fixed order.
package enum DocumentCoding {
    /// Writes a document.
    package static func encode(_ document: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return try encoder.encode(document)
    }

    /// Reads a document.
    package static func decode<Document: Decodable>(_ type: Document.Type, from data: Data) throws -> Document {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: data)
    }
}
