import Foundation

/// Draws a page of a PDF, with bounded pixels whatever its size.
struct PageImage: Sendable {
    /// A format that pages are drawn in.
    enum Format: String, Sendable, Hashable, CaseIterable {
        /// Grey, uncompressed: what OCR reads fastest.
        case grey
        /// In colours.
        case png
        /// In colours, smaller.
        case jpeg
    }

    /// Pixels per inch.
    var resolution: Int
    /// Pixels at most; a larger page is drawn at less per inch.
    var maxPixels = 25_000_000
    /// In which format.
    var format: Format

    /// Pixels per inch for a page of a size in points, at least 1.
    func resolution(width: Double, height: Double) -> Int {
        let pixels = width / 72 * height / 72 * Double(self.resolution * self.resolution)
        guard pixels > Double(self.maxPixels) else { return self.resolution }
        return max(1, Int(Double(self.resolution) * (Double(self.maxPixels) / pixels).squareRoot()))
    }

    /// Draws a page into the step's folder.
    ///
    /// - Parameters:
    ///   - number: The page, the first one being 1.
    ///   - path: The document.
    ///   - resolution: Pixels per inch.
    ///   - name: Of the file, without what its format adds.
    ///   - context: Where the program runs.
    /// - Returns: The file's name.
    /// - Throws: ``StepFailure`` `damaged_document`; `CancellationError`.
    func draw(
        _ number: Int,
        of path: String,
        at resolution: Int,
        as name: String,
        _ context: StepContext
    ) async throws -> String {
        let format = switch self.format {
        case .grey: ["-gray"]
        case .png: ["-png"]
        case .jpeg: ["-jpeg", "-jpegopt", "quality=85"]
        }
        let arguments =
            ["-f", "\(number)", "-l", "\(number)", "-r", "\(resolution)", "-singlefile"] + format + [path, name]
        let result = try await context.run(.pdftoppm, arguments)
        try ToolMessage(result.complaint).checkPassword()
        try result.check(.pdftoppm, "damaged_document", "page \(number) cannot be drawn")
        let file = "\(name).\(self.suffix)"
        guard FileManager.default.fileExists(atPath: context.path(file)) else {
            throw StepFailure("damaged_document", "page \(number) cannot be drawn", isRecoverable: true)
        }
        return file
    }

    private var suffix: String {
        switch self.format {
        case .grey: "pgm"
        case .png: "png"
        case .jpeg: "jpg"
        }
    }
}
