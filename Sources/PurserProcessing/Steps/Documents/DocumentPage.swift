/// A page of a document as it is published: `config/schemas/document.schema.json` describes it.
struct DocumentPage: Sendable, Hashable, Codable {
    /// A line of a block.
    struct Line: Sendable, Hashable, Codable {
        /// Around its words.
        var box: DocumentBox
        /// Its words, with spaces between them.
        var text: String
        /// The mean of its words by their lengths, from 0 to 1.
        var confidence: Double
    }

    /// Lines that belong together.
    struct Block: Sendable, Hashable, Codable {
        /// Around its lines.
        var box: DocumentBox
        /// Its lines, with line ends between them.
        var text: String
        /// The mean of its lines by their lengths, from 0 to 1.
        var confidence: Double
        /// From top to bottom.
        var lines: [Line]
    }

    /// Its number, the first one being 1.
    var number: Int
    /// In points.
    var width: Double
    /// In points.
    var height: Double
    /// How its text became known.
    var source: WordPage.Source
    /// The mean of its blocks by their lengths; `nil` where there is no text.
    var confidence: Double?
    /// In reading order.
    var blocks: [Block]

    private enum CodingKeys: String, CodingKey {
        case number, width, height, source, confidence, blocks
    }

    /// Writes the page; a confidence that is not there is `null`.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.number, forKey: .number)
        try container.encode(self.width, forKey: .width)
        try container.encode(self.height, forKey: .height)
        try container.encode(self.source, forKey: .source)
        try container.encode(self.confidence, forKey: .confidence)
        try container.encode(self.blocks, forKey: .blocks)
    }
}
