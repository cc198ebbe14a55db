import Foundation

/// Takes the words out of a PDF, with where they stand; pages that hold images only have none.
///
/// Makes `pages.jsonl` for later steps, and tells the document's own metadata.
struct PDFTextStep: ProcessingStep {
    /// Pages that one run of the program takes, so that its table stays small.
    static let pagesAtOnce = 50
    /// Bytes of the table of so many pages.
    static let maxTable = 64 << 20
    /// What the pages are called.
    static let file = "pages.jsonl"

    /// Pages of a document at most.
    var maxPages = 2_000

    var tools: [Tool] { [.pdfinfo, .pdftotext] }
    var cacheIdentity: String? { "\(self.maxPages)" }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        var header = try await PDFHeader.read(input.path, pages: 1...Self.pagesAtOnce, context)
        try header.checkPages(self.maxPages)
        var values = header.values
        var (characters, withText) = (0, 0)
        var writer = try StepWriter(context.path(Self.file), limit: context.limits.fileSize)
        for first in stride(from: 1, through: header.pages, by: Self.pagesAtOnce) {
            let last = min(first + Self.pagesAtOnce - 1, header.pages)
            if first > 1 { header = try await PDFHeader.read(input.path, pages: first...last, context) }
            for var page in try await self.pages(first...last, of: input.path, context) {
                // The table has the size of the page as it lies, and its words where they are when it is turned.
                guard let size = header.size(ofPage: page.number) else { throw PDFHeader.withoutSize(page.number) }
                (page.width, page.height) = size
                try PageLines.write(page, to: &writer)
                characters += page.characters
                withText += page.words.isEmpty ? 0 : 1
            }
            context.progress(Double(last) / Double(header.pages), "\(last) of \(header.pages) pages")
        }
        try writer.finish()
        values["characters"] = .integer(Int64(characters))
        values["pages_with_text"] = .integer(Int64(withText))
        let file = StepFile(
            name: Self.file, path: context.path(Self.file), contentType: PageLines.contentType, isKept: false
        )
        return StepOutput(files: [file], values: values)
    }

    private func pages(
        _ range: ClosedRange<Int>,
        of path: String,
        _ context: StepContext
    ) async throws -> [WordPage] {
        let table = "words.tsv"
        var limits = context.limits
        limits.fileSize = min(limits.fileSize, Int64(Self.maxTable))
        let arguments = [
            "-tsv", "-enc", "UTF-8", "-f", "\(range.lowerBound)", "-l", "\(range.upperBound)", path, table,
        ]
        let result = try await context.run(.pdftotext, arguments, limits: limits)
        try ToolMessage(result.complaint).checkPassword()
        try result.check(.pdftotext, "damaged_document", PDFHeader.damaged)
        let text = try Self.take(table, context)
        guard let pages = WordTable(scale: 1, source: .text).pages(text, first: range.lowerBound),
            pages.count == range.count
        else {
            let numbers = "\(range.lowerBound) to \(range.upperBound)"
            throw StepFailure("damaged_document", "\(PDFHeader.damaged): not all of pages \(numbers) can be read")
        }
        return pages
    }

    /// Reads a table that a program wrote, and removes it.
    static func take(_ name: String, _ context: StepContext) throws -> String {
        let path = context.path(name)
        let bytes = try ContentChunks.bytes(of: path, count: Self.maxTable)
        try FileManager.default.removeItem(atPath: path)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension StepKind {
    /// Takes the words out of a PDF.
    public static let pdfText = StepKind("pdf_text") { settings throws(StepSettingProblem) in
        PDFTextStep(maxPages: try settings.integer("max_pages", in: 1...1_000_000, default: 2_000))
    }
}
