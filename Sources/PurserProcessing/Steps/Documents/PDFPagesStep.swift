/// Keeps images of the pages of a PDF.
struct PDFPagesStep: ProcessingStep {
    /// How pages are drawn.
    var image = PageImage(resolution: 150, format: .jpeg)
    /// Pages of a document at most.
    var maxPages = 100

    var tools: [Tool] { [.pdfinfo, .pdftoppm] }
    var cacheIdentity: String? { "\(self.image) \(self.maxPages)" }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let header = try await PDFHeader.read(input.path, context)
        try header.checkPages(self.maxPages)
        var files: [StepFile] = []
        for number in 1...header.pages {
            let size = try await PDFHeader.size(ofPage: number, input.path, context)
            let resolution = self.image.resolution(width: size.width, height: size.height)
            let file = try await self.image.draw(number, of: input.path, at: resolution, as: "page-\(number)", context)
            let type = self.image.format == .png ? "image/png" : "image/jpeg"
            files.append(StepFile(name: "pages/\(file)", path: context.path(file), contentType: type))
            context.progress(Double(number) / Double(header.pages), "\(number) of \(header.pages) pages")
        }
        return StepOutput(files: files, values: ["pages": .integer(Int64(header.pages))])
    }
}

extension PDFHeader {
    /// The size of one page in points.
    ///
    /// - Parameters:
    ///   - number: The page, the first one being 1.
    ///   - path: Where the document lies.
    ///   - context: Where the program runs.
    /// - Returns: Its size, as it lies in the document.
    /// - Throws: ``StepFailure`` `damaged_document`; `CancellationError`.
    static func size(
        ofPage number: Int,
        _ path: String,
        _ context: StepContext
    ) async throws -> (width: Double, height: Double) {
        let result = try await context.run(.pdfinfo, ["-f", "\(number)", "-l", "\(number)", path])
        try result.check(.pdfinfo, "damaged_document", Self.damaged, hiding: [path])
        let line = Self(result.text).fields.first { $0.key.hasPrefix("Page ") && $0.key.hasSuffix(" size") }?.value
        guard let size = line?.firstMatch(of: /([0-9.]+) x ([0-9.]+) pts/), let width = Double(size.1),
            let height = Double(size.2), width > 0, height > 0
        else { throw StepFailure("damaged_document", "page \(number) has no size", isRecoverable: true) }
        return (width, height)
    }
}

extension StepKind {
    /// Keeps images of pages.
    public static let pdfPages = StepKind("pdf_pages") { settings throws(StepSettingProblem) in
        let format = try settings.choice("format", of: ["jpeg", "png"], default: "jpeg")
        let image = PageImage(
            resolution: try settings.integer("resolution", in: 10...1_200, default: 150),
            maxPixels: try settings.integer("max_pixels", in: 10_000...1_000_000_000, default: 25_000_000),
            format: format == "png" ? .png : .jpeg
        )
        return PDFPagesStep(image: image, maxPages: try settings.integer("max_pages", in: 1...10_000, default: 100))
    }
}
