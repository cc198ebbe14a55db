import Foundation

/// Pages in a file, one JSON document to a line, so that no more than one of them is in memory.
enum PageLines {
    /// Media type of such a file.
    static let contentType = "application/jsonl"
    /// Bytes of one page at most.
    static let maxPage = 64 << 20

    /// Reads pages one by one.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - type: What a line is.
    ///   - body: Called for each page, in order.
    /// - Throws: ``StepFailure`` `damaged_pages`, `unreadable`; what the body throws.
    static func read<Page: Decodable>(
        _ path: String,
        as type: Page.Type,
        _ body: (Page) async throws -> Void
    ) async throws {
        let size = try ContentChunks.count(of: path)
        var offset: Int64 = 0
        var line: [UInt8] = []
        while offset < size {
            try Task.checkCancellation()
            let piece = try ContentChunks.bytes(of: path, at: offset, count: ContentChunks.size)
            guard !piece.isEmpty else { break }
            offset += Int64(piece.count)
            var rest = piece[...]
            while let end = rest.firstIndex(of: 0x0A) {
                line.append(contentsOf: rest[..<end])
                rest = rest[(end + 1)...]
                try await body(try Self.page(line, as: type))
                line.removeAll(keepingCapacity: true)
            }
            line.append(contentsOf: rest)
            guard line.count <= Self.maxPage else { throw Self.damaged }
        }
        guard line.isEmpty else { throw Self.damaged }
    }

    /// Appends a page.
    static func write(_ page: some Encodable, to writer: inout StepWriter) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try writer.write(try encoder.encode(page))
        try writer.write("\n")
    }

    private static func page<Page: Decodable>(_ line: [UInt8], as type: Page.Type) throws(StepFailure) -> Page {
        do {
            return try JSONDecoder().decode(type, from: Data(line))
        } catch {
            throw Self.damaged
        }
    }

    private static var damaged: StepFailure {
        StepFailure("damaged_pages", "the pages that an earlier step handed on cannot be read")
    }
}
