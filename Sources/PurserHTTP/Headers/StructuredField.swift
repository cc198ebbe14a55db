import HTTPTypes
import RawStructuredFieldValues

/// Structured fields (RFC 8941, now RFC 9651).
enum StructuredField {
    /// Reads a dictionary, of which all lines of the field are part.
    ///
    /// - Returns: `nil` where it is malformed or missing.
    static func dictionary(_ name: HTTPField.Name, in headers: HTTPFields) -> OrderedMap<String, ItemOrInnerList>? {
        let lines = headers[values: name]
        guard !lines.isEmpty else { return nil }
        var parser = StructuredFieldValueParser(Array(lines.joined(separator: ", ").utf8))
        // Malformed is what the caller is told by nil.
        return try? parser.parseDictionaryFieldValue()
    }
}
