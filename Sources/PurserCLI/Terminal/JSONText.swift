import Foundation

/// Documents as text for programs: one line, names in order, times and sizes as the API writes them.
enum JSONText {
    /// Writes a document.
    static func encode(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
