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
        let header = try await PDFHeader.read(input.path, pages: 1...self.maxPages, context)
        try header.checkPages(self.maxPages)
        var files: [StepFile] = []
        for number in 1...header.pages {
            guard let size = header.size(ofPage: number) else { throw PDFHeader.withoutSize(number) }
            let resolution = self.image.resolution(width: size.width, height: size.height)
            let file = try await self.image.draw(number, of: input.path, at: resolution, as: "page-\(number)", context)
            let type = self.image.format == .png ? "image/png" : "image/jpeg"
            files.append(StepFile(name: "pages/\(file)", path: context.path(file), contentType: type))
            context.progress(Double(number) / Double(header.pages), "\(number) of \(header.pages) pages")
        }
        return StepOutput(files: files, values: ["pages": .integer(Int64(header.pages))])
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
