import Foundation

/// Writes a document as one JSON document and as plain text, both normalized.
///
/// Takes the `layout.jsonl` of an earlier step. Pages go through one by one.
struct NormalizeStep: ProcessingStep {
    /// Where the pages come from.
    var source = StepSource()
    /// What the JSON document is called.
    var file = "document.json"
    /// What the plain text is called.
    var textFile = "document.txt"

    var cacheIdentity: String? { "\(self.source) \(self.file) \(self.textFile)" }
    var readsContent: Bool { self.source.step == nil }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let source = try self.source.file(in: input)
        let (path, textPath) = (context.path("document.json"), context.path("document.txt"))
        var writer = try StepWriter(path, limit: context.limits.fileSize)
        var textWriter = try StepWriter(textPath, limit: context.limits.fileSize)
        try writer.write(#"{"version":1,"source":"#)
        try writer.write(try Self.json(DocumentSource(input)))
        try writer.write(#","metadata":"#)
        try writer.write(try Self.json(Self.metadata(input)))
        try writer.write(#","pages":["#)
        var statistics = DocumentStatistics()
        try await PageLines.read(source.path, as: DocumentPage.self) { page in
            let page = page.normalized
            try writer.write(statistics.pages == 0 ? "\n" : ",\n")
            try writer.write(try Self.json(page))
            // A form feed between pages, as pdftotext has it.
            if statistics.pages > 0 { try textWriter.write("\u{C}") }
            for block in page.blocks { try textWriter.write("\(block.text)\n\n") }
            statistics.add(page)
        }
        try writer.write("\n],\"statistics\":")
        try writer.write(try Self.json(statistics))
        try writer.write("}\n")
        try writer.finish()
        try textWriter.finish()
        return StepOutput(
            files: [
                StepFile(name: self.file, path: path, contentType: "application/json"),
                StepFile(name: self.textFile, path: textPath, contentType: "text/plain; charset=utf-8"),
            ],
            values: statistics.values
        )
    }

    private static func json(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// What earlier steps found out about the document itself.
    private static func metadata(_ input: StepInput) -> [String: StepValue] {
        let names = ["title", "subject", "author", "keywords", "creator", "producer", "created", "modified"]
        var metadata: [String: StepValue] = [:]
        for step in input.earlier.keys.sorted() {
            for name in names where metadata[name] == nil {
                if case .string(let text)? = input.earlier[step]?.values[name] { metadata[name] = .string(text) }
            }
        }
        return metadata
    }
}

/// The content that a document was read from.
private struct DocumentSource: Encodable {
    let sha256: String
    let size: Int64

    init(_ input: StepInput) {
        self.sha256 = "\(input.content)"
        self.size = input.size
    }
}

extension StepKind {
    /// Writes a document as JSON and as text.
    public static let normalize = StepKind("normalize") { settings throws(StepSettingProblem) in
        NormalizeStep(
            source: try StepSource(settings),
            file: try settings.outputName("file", default: "document.json"),
            textFile: try settings.outputName("text_file", default: "document.txt")
        )
    }
}
