import Foundation

/// Reads the text of pages that have none, from images of them: one page at a time, so that disk and memory stay small
/// whatever the document.
///
/// Takes the `pages.jsonl` of an earlier step, and makes another with the words that it read. Where it had to read pages,
/// the report names them as a fallback.
struct OCRStep: ProcessingStep {
    /// How it is done.
    struct Settings: Sendable, Hashable {
        /// The language, or several with `+` between, as tesseract calls them; the parameter `language` goes before.
        var language = "eng"
        /// Pixels per inch.
        var resolution = 200
        /// Pixels of one page at most.
        var maxPixels = 25_000_000
        /// A page with fewer characters than this is read from its image.
        var minCharacters = 1
        /// Pages that are read from images at most.
        var maxPages = 200
        /// Where the pages come from.
        var source = StepSource()
    }

    /// How it is done.
    var settings = Settings()

    var tools: [Tool] { [.pdftoppm, .tesseract] }
    var cacheIdentity: String? { "\(self.settings)" }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let language = try self.language(input)
        let source = try self.settings.source.file(in: input)
        let todo = try await self.pagesWithoutText(source.path)
        guard todo.count <= self.settings.maxPages else {
            throw StepFailure(
                "too_many_pages",
                "\(todo.count) pages have no text, and \(self.settings.maxPages) are read from images: split the document, "
                    + "or raise max_pages",
                isRecoverable: true
            )
        }
        guard !todo.isEmpty else {
            try FileManager.default.copyItem(atPath: source.path, toPath: context.path(PDFTextStep.file))
            return StepOutput(files: [Self.file(context)], values: ["pages_read": .integer(0)])
        }
        var writer = try StepWriter(context.path(PDFTextStep.file), limit: context.limits.fileSize)
        var done = 0
        var characters = 0
        try await PageLines.read(source.path, as: WordPage.self) { page in
            var page = page
            if todo.contains(page.number) {
                page = try await self.read(page, of: input.path, in: language, context)
                done += 1
                characters += page.characters
                context.progress(Double(done) / Double(todo.count), "read \(done) of \(todo.count) pages")
            }
            try PageLines.write(page, to: &writer)
        }
        try writer.finish()
        return StepOutput(
            files: [Self.file(context)],
            values: ["pages_read": .integer(Int64(done)), "characters_read": .integer(Int64(characters))],
            fallback: Self.told(todo.sorted())
        )
    }

    private static func file(_ context: StepContext) -> StepFile {
        StepFile(
            name: PDFTextStep.file, path: context.path(PDFTextStep.file), contentType: PageLines.contentType, isKept: false
        )
    }

    private func pagesWithoutText(_ path: String) async throws -> Set<Int> {
        var numbers: Set<Int> = []
        try await PageLines.read(path, as: WordPage.self) { page in
            if page.characters < self.settings.minCharacters { numbers.insert(page.number) }
        }
        return numbers
    }

    private func read(
        _ page: WordPage,
        of path: String,
        in language: String,
        _ context: StepContext
    ) async throws -> WordPage {
        let image = PageImage(
            resolution: self.settings.resolution, maxPixels: self.settings.maxPixels, format: .grey
        )
        let resolution = image.resolution(width: page.width, height: page.height)
        let file = try await image.draw(page.number, of: path, at: resolution, as: "page", context)
        let arguments = [file, "page", "-l", language, "--psm", "3", "--dpi", "\(max(70, resolution))", "tsv"]
        // One thread: files are worked on side by side, and more of them make a page slower on few cores.
        let result = try await context.run(.tesseract, arguments, environment: ["OMP_THREAD_LIMIT": "1"])
        try Self.check(result, page.number, language)
        try FileManager.default.removeItem(atPath: context.path(file))
        let text = try PDFTextStep.take("page.tsv", context)
        let table = WordTable(scale: 72 / Double(resolution), source: .ocr)
        guard let read = table.pages(text, first: page.number)?.first else {
            throw StepFailure("ocr_failed", "tesseract read nothing of page \(page.number)")
        }
        return read
    }

    private static func check(_ result: ToolResult, _ page: Int, _ language: String) throws(StepFailure) {
        let message = ToolMessage(result.complaint)
        if !result.isSuccess, message.mentions("traineddata", "failed loading language") {
            let packages = language.split(separator: "+").map { "tesseract-ocr-\($0.replacing("_", with: "-").lowercased())" }
            throw StepFailure(
                "language_missing",
                "tesseract does not know the language '\(language)': install Debian's \(packages.joined(separator: ", "))",
                isRecoverable: true
            )
        }
        try result.check(.tesseract, "ocr_failed", "page \(page) cannot be read")
    }

    /// The language that the job asks for, or that of the pipeline.
    private func language(_ input: StepInput) throws(StepFailure) -> String {
        let language = input.parameters["language"]?.text ?? self.settings.language
        guard OCRStep.isLanguage(language) else {
            throw StepFailure(
                "invalid_parameter", "'language' takes names as tesseract has them, such as eng or deu+eng", isRecoverable: true
            )
        }
        return language
    }

    /// Whether a text can be the name of languages; it becomes part of a path in tesseract.
    static func isLanguage(_ text: String) -> Bool {
        text.utf8.count <= 100 && text.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*(\+[A-Za-z][A-Za-z0-9_]*)*/) != nil
    }

    /// `2 pages without text were read from their images: 3, 4`.
    private static func told(_ numbers: [Int]) -> String {
        let shown = numbers.prefix(20).map(String.init).joined(separator: ", ") + (numbers.count > 20 ? ", …" : "")
        return numbers.count == 1
            ? "page \(shown) without text was read from its image"
            : "\(numbers.count) pages without text were read from their images: \(shown)"
    }
}

extension StepKind {
    /// Reads pages that have no text.
    public static let ocr = StepKind("ocr") { settings throws(StepSettingProblem) in
        var chosen = OCRStep.Settings()
        chosen.language = try settings.string("language", default: chosen.language)
        if !OCRStep.isLanguage(chosen.language) {
            throw settings.problem("language", "takes names as tesseract has them, such as eng or deu+eng")
        }
        chosen.resolution = try settings.integer("resolution", in: 70...600, default: chosen.resolution)
        chosen.maxPixels = try settings.integer("max_pixels", in: 10_000...1_000_000_000, default: chosen.maxPixels)
        chosen.minCharacters = try settings.integer("min_characters", in: 1...10_000, default: chosen.minCharacters)
        chosen.maxPages = try settings.integer("max_pages", in: 1...100_000, default: chosen.maxPages)
        chosen.source = try StepSource(settings)
        return OCRStep(settings: chosen)
    }
}
