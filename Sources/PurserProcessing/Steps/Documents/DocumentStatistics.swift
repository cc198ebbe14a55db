/// How much there is in a document.
struct DocumentStatistics: Sendable, Hashable, Encodable {
    /// All pages.
    private(set) var pages = 0
    /// Pages that were read from their images.
    private(set) var ocrPages = 0
    /// All blocks.
    private(set) var blocks = 0
    /// Runs of anything but white space.
    private(set) var words = 0
    /// Unicode scalars, line ends and spaces within blocks included.
    private(set) var characters = 0
    private var sum = 0.0

    private enum CodingKeys: String, CodingKey {
        case pages, blocks, words, characters, confidence
        case ocrPages = "ocr_pages"
    }

    /// The mean of all blocks by their lengths; `nil` where there is no text.
    var confidence: Double? {
        self.characters > 0 ? (self.sum / Double(self.characters) * 1_000).rounded() / 1_000 : nil
    }

    /// Counts a page.
    mutating func add(_ page: DocumentPage) {
        self.pages += 1
        self.ocrPages += page.source == .ocr ? 1 : 0
        self.blocks += page.blocks.count
        for block in page.blocks {
            let length = block.text.unicodeScalars.count
            self.words += block.text.split { $0 == " " || $0 == "\n" }.count
            self.characters += length
            self.sum += block.confidence * Double(length)
        }
    }

    /// Writes it; a confidence that is not there is `null`.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.pages, forKey: .pages)
        try container.encode(self.ocrPages, forKey: .ocrPages)
        try container.encode(self.blocks, forKey: .blocks)
        try container.encode(self.words, forKey: .words)
        try container.encode(self.characters, forKey: .characters)
        try container.encode(self.confidence, forKey: .confidence)
    }

    /// For the report.
    var values: [String: StepValue] {
        var values: [String: StepValue] = [
            "pages": .integer(Int64(self.pages)), "ocr_pages": .integer(Int64(self.ocrPages)),
            "blocks": .integer(Int64(self.blocks)), "words": .integer(Int64(self.words)),
            "characters": .integer(Int64(self.characters)),
        ]
        if let confidence = self.confidence { values["confidence"] = .number(confidence) }
        return values
    }
}
