/// What is made of an image: how large, in which format, by which program.
struct ImageScale: Sendable, Hashable {
    /// A program that scales.
    enum Engine: String, Sendable, Hashable, CaseIterable {
        case vips, imagemagick
    }

    /// How the image is put into the box.
    enum Fit: String, Sendable, Hashable, CaseIterable {
        /// As large as fits, with its own proportions.
        case inside
        /// Filling the box, cut at its longer sides.
        case cover
    }

    /// A format that is written.
    enum Format: String, Sendable, Hashable, CaseIterable {
        case jpeg, png, webp
    }

    /// Pixels from left to right at most.
    var width: Int
    /// Pixels from top to bottom at most.
    var height: Int
    /// How it is put into the box; smaller images stay as they are.
    var fit = Fit.inside
    /// In which format it is kept.
    var format = Format.jpeg
    /// Quality of JPEG and WebP, 1 to 100.
    var quality = 85
    /// By which program.
    var engine = Engine.vips
    /// Pixels that the source may have.
    var maxPixels = 100_000_000
    /// What the result is called.
    var file: String
    /// Whether it is kept beside the source.
    var isKept = true
    /// What is read.
    var source = StepSource()

    /// What is read from a pipeline, where `width` and `height` are known.
    mutating func take(_ settings: StepSettings) throws(StepSettingProblem) {
        self.fit = try settings.choice("fit", default: self.fit)
        self.format = try settings.choice("format", default: self.format)
        self.quality = try settings.integer("quality", in: 1...100, default: self.quality)
        self.engine = try settings.choice("engine", default: self.engine)
        self.maxPixels = try settings.integer("max_pixels", in: 1...10_000_000_000, default: self.maxPixels)
        let name = self.format == .jpeg ? "\(self.file).jpg" : "\(self.file).\(self.format.rawValue)"
        self.file = try settings.outputName("file", default: name)
        self.isKept = try settings.bool("keep", default: self.isKept)
        self.source = try StepSource(settings)
    }
}

extension ImageScale.Format {
    /// Its media type.
    var contentType: String { "image/\(self.rawValue)" }

    /// Of the file in the step's folder.
    var result: String { self == .jpeg ? "result.jpg" : "result.\(self.rawValue)" }
}
