import Foundation

/// The form in which the metadata of a file is kept: a JSON object, its names sorted; nothing where there is none.
enum MetadataText {
    static func encode(_ metadata: [String: String]) throws -> String? {
        guard !metadata.isEmpty else { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(metadata), as: UTF8.self)
    }

    static func decode(_ text: String?) throws -> [String: String] {
        guard let text else { return [:] }
        do {
            return try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        } catch {
            throw CatalogError(.damaged, "the catalog is damaged: a file's metadata cannot be read", cause: error)
        }
    }
}
