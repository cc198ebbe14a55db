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

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let source = try self.scale.source.file(in: input)
        switch self.scale.engine {
        case .vips:
            try await self.checkPixels(source, input, context)
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

    /// Refuses an image of too many pixels before any is decoded.
    ///
    /// What an earlier step found out or bounded is not asked for again.
    private func checkPixels(_ source: StepFile, _ input: StepInput, _ context: StepContext) async throws {
        if let step = self.scale.source.step {
            let box = input.earlier[step]?.values
            if let width = box?["box_width"]?.wholeNumber, let height = box?["box_height"]?.wholeNumber,
                width * height <= Int64(self.scale.maxPixels)
            {
                return
            }
        }
        try await ImageHeader.read(source.path, context).checkPixels(self.scale.maxPixels)
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
