/// What an image says of itself, as `vipsheader` prints it.
struct ImageHeader: Sendable, Hashable {
    /// Fields by their names, such as `width` or `exif-ifd0-Make`.
    let fields: [String: String]

    /// Reads the lines `name: value` after the first one; of two with the same name the first counts.
    init(_ text: String) {
        var fields: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            guard let separator = line.firstRange(of: ": ") else { continue }
            let name = String(line[..<separator.lowerBound])
            guard fields[name] == nil, !name.contains(" ") else { continue }
            fields[name] = line[separator.upperBound...].visible(upTo: 2_000)
        }
        self.fields = fields
    }

    /// Pixels from left to right, as they are stored.
    var width: Int { self.fields["width"].flatMap { Int($0) } ?? 0 }

    /// Pixels from top to bottom, as they are stored.
    var height: Int { self.fields["height"].flatMap { Int($0) } ?? 0 }

    /// Asks for the header of a file; only the head of the file is decoded.
    ///
    /// - Parameters:
    ///   - path: Where it lies: an absolute path that Purser chose.
    ///   - context: Where the program runs.
    /// - Returns: The header of an image that has at least one pixel.
    /// - Throws: ``StepFailure`` `damaged_image`, `unsupported_image`; `CancellationError`.
    static func read(_ path: String, _ context: StepContext) async throws -> ImageHeader {
        guard let header = try await self.readIfKnown(path, context) else {
            throw StepFailure(
                "unsupported_image", "libvips cannot read images of this type: convert it to JPEG or PNG", isRecoverable: true
            )
        }
        return header
    }

    /// Asks for the header of a file; `nil` where libvips does not know its type, or does not trust its decoder.
    static func readIfKnown(_ path: String, _ context: StepContext) async throws -> ImageHeader? {
        let result = try await context.run(
            .vipsheader, ["-a", path], environment: VipsEnvironment.values, maxOutput: 256 << 10
        )
        let message = ToolMessage(result.complaint)
        if !result.isSuccess, message.mentions("is not a known file format", "operation is blocked") { return nil }
        try result.check(.vipsheader, "damaged_image", Self.damaged)
        let header = ImageHeader(result.text)
        guard header.width > 0, header.height > 0 else {
            throw StepFailure("damaged_image", "\(Self.damaged): it has no pixels", isRecoverable: true)
        }
        return header
    }

    /// Refuses an image of more pixels than so many.
    ///
    /// - Throws: ``StepFailure`` `too_many_pixels`.
    func checkPixels(_ limit: Int) throws(StepFailure) {
        try Self.checkPixels(self.width, self.height, limit)
    }

    /// Refuses an image of more pixels than so many.
    ///
    /// - Throws: ``StepFailure`` `too_many_pixels`.
    static func checkPixels(_ width: Int, _ height: Int, _ limit: Int) throws(StepFailure) {
        let (pixels, isOver) = width.multipliedReportingOverflow(by: height)
        guard isOver || pixels > limit else { return }
        throw StepFailure(
            "too_many_pixels",
            "the image has \(width) × \(height) pixels, and \(limit) are taken in all: shrink it, or raise max_pixels",
            isRecoverable: true
        )
    }

    /// How messages on images that cannot be read begin.
    static let damaged = "the image cannot be read, it is damaged or incomplete"
}
