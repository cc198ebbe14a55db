/// Scales an image down: `thumbnail` and `resize` are two ways to set it up.
///
/// The result is upright as EXIF tells, in sRGB, without the metadata of its source, and on white where its format has no
/// transparency. An image that is smaller than asked for keeps its size.
struct ScaleStep: ProcessingStep {
    /// What is made.
    var scale: ImageScale

    var tools: [Tool] {
        switch self.scale.engine {
        case .vips: [.vips, .vipsheader]
        case .imagemagick: [.convert, .file]
        }
    }

    var cacheIdentity: String? { "\(self.scale)" }
    var readsContent: Bool { self.scale.source.step == nil }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let source = try self.scale.source.file(in: input)
        let isBounded = try self.checkKnownPixels(input)
        switch self.scale.engine {
        case .vips:
            if !isBounded { try await ImageHeader.read(source.path, context).checkPixels(self.scale.maxPixels) }
            try await VipsScaling(scale: self.scale).run(source.path, context)
        case .imagemagick:
            let said = self.scale.source.step == nil ? nil : MediaType(source.contentType)?.name
            let type: String
            if let said { type = said } else { type = try await ContentType.detect(source.path, context) }
            try await MagickScaling(scale: self.scale).run(source.path, type: type, context)
        }
        let file = StepFile(
            name: self.scale.file,
            path: context.path(self.scale.format.result),
            contentType: self.scale.format.contentType,
            isKept: self.scale.isKept
        )
        let values: [String: StepValue] = [
            "engine": .string(self.scale.engine.rawValue), "box_width": .integer(Int64(self.scale.width)),
            "box_height": .integer(Int64(self.scale.height)),
        ]
        return StepOutput(files: [file], values: values)
    }

    /// Refuses an image of too many pixels by what earlier steps found out, so that nobody looks twice.
    ///
    /// - Returns: Whether something was known.
    private func checkKnownPixels(_ input: StepInput) throws(StepFailure) -> Bool {
        let values: [String: StepValue]?
        let names: (width: String, height: String)
        if let step = self.scale.source.step {
            (values, names) = (input.earlier[step]?.values, ("box_width", "box_height"))
        } else {
            // Of the steps that look at the content itself.
            let earlier = input.earlier.sorted { $0.key < $1.key }.map(\.value.values)
            values = earlier.first { $0["content_type"] != nil && $0["width"] != nil }
            names = ("width", "height")
        }
        guard let width = values?[names.width]?.wholeNumber.flatMap({ Int(exactly: $0) }),
            let height = values?[names.height]?.wholeNumber.flatMap({ Int(exactly: $0) }),
            // Programs of others may say anything.
            width > 0, height > 0
        else { return false }
        guard self.scale.source.step == nil else {
            let (pixels, isOver) = width.multipliedReportingOverflow(by: height)
            return !isOver && pixels <= self.scale.maxPixels
        }
        try ImageHeader.checkPixels(width, height, self.scale.maxPixels)
        return true
    }
}

extension StepKind {
    /// Makes a small JPEG that fits in a square.
    public static let thumbnail = StepKind("thumbnail") { settings throws(StepSettingProblem) in
        let size = try settings.integer("size", in: 1...4_096, default: 256)
        var scale = ImageScale(width: size, height: size, file: "thumbnail-\(size)")
        try scale.take(settings)
        return ScaleStep(scale: scale)
    }

    /// Scales an image down into a box.
    public static let resize = StepKind("resize") { settings throws(StepSettingProblem) in
        let width = try settings.integer("width", in: 1...32_768, default: 2_048)
        let height = try settings.integer("height", in: 1...32_768, default: width)
        var scale = ImageScale(width: width, height: height, file: "resized")
        try scale.take(settings)
        return ScaleStep(scale: scale)
    }
}
