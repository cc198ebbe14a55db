import HTTPTypes

/// The fields `X-Meta-*`, in which users keep metadata of their own.
enum UserMetadata {
    static let prefix = "x-meta-"
    /// Names and values together, in bytes.
    static let maxBytes = 8 * 1024

    /// Reads them; names in lower case, without the prefix.
    static func read(_ headers: HTTPFields) throws -> [String: String] {
        var metadata: [String: String] = [:]
        var bytes = 0
        for field in headers where field.name.canonicalName.hasPrefix(self.prefix) {
            let name = String(field.name.canonicalName.dropFirst(self.prefix.count))
            guard !name.isEmpty else { throw Problem.malformed("invalid_metadata", "X-Meta- needs a name behind it") }
            guard metadata[name] == nil else {
                throw Problem.malformed("invalid_metadata", "X-Meta-\(name) stands twice in the request")
            }
            metadata[name] = field.value
            bytes += name.utf8.count + field.value.utf8.count
        }
        guard bytes <= self.maxBytes else {
            throw Problem.malformed("invalid_metadata", "X-Meta-* takes \(self.maxBytes) bytes in all; got \(bytes)")
        }
        return metadata
    }

    /// Writes them.
    static func write(_ metadata: [String: String], to headers: inout HTTPFields) {
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            guard let name = HTTPField.Name("X-Meta-" + name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
    }
}
