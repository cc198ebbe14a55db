/// Scales by ImageMagick, for what libvips cannot read.
///
/// The program is told the format, so that it never guesses one of those that run other programs or read other files; it
/// reads from its standard input, so that no path is taken apart; and it has limits of its own below the step's.
struct MagickScaling: Sendable {
    /// What is made.
    var scale: ImageScale

    /// What ImageMagick calls a type of image; `nil` where it is not let near it.
    static func coder(_ type: String) -> String? {
        switch type {
        case "image/jpeg": "jpeg"
        case "image/png": "png"
        case "image/gif": "gif"
        case "image/webp": "webp"
        case "image/tiff": "tiff"
        case "image/bmp": "bmp"
        case "image/vnd.microsoft.icon", "image/x-icon": "ico"
        case "image/x-tga", "image/x-targa": "tga"
        case "image/x-portable-bitmap", "image/x-portable-graymap", "image/x-portable-pixmap",
            "image/x-portable-greymap":
            "pnm"
        case "image/vnd.adobe.photoshop": "psd"
        case "image/jp2": "jp2"
        case "image/heic", "image/heif": "heic"
        default: nil
        }
    }

    /// The arguments for a format.
    func arguments(_ coder: String, _ limits: StepLimits) -> [String] {
        let memory = max(64 << 20, limits.memory / 4 * 3)
        let seconds = max(1, Int(limits.cpuTime.components.seconds))
        let box = "\(self.scale.width)x\(self.scale.height)"
        var arguments = [
            "-limit", "memory", "\(memory)B", "-limit", "map", "\(memory)B", "-limit", "disk", "0", "-limit", "thread", "1",
            "-limit", "time", "\(seconds)", "-define", "jpeg:size=\(self.scale.width * 2)x\(self.scale.height * 2)",
            "\(coder):-[0]", "-auto-orient", "-colorspace", "sRGB",
        ]
        switch self.scale.fit {
        case .inside: arguments += ["-thumbnail", "\(box)>"]
        case .cover: arguments += ["-thumbnail", "\(box)^>", "-gravity", "center", "-extent", "\(box)>"]
        }
        if self.scale.format == .jpeg { arguments += ["-background", "white", "-alpha", "remove", "-alpha", "off"] }
        return arguments + [
            "-strip", "-quality", "\(self.scale.quality)", "\(self.scale.format.rawValue):\(self.scale.format.result)",
        ]
    }

    /// Makes the result in the step's folder.
    ///
    /// - Throws: ``StepFailure`` `damaged_image`, `too_many_pixels`, `unsupported_image`; `CancellationError`.
    func run(_ path: String, type: String, _ context: StepContext) async throws {
        guard let coder = Self.coder(type) else {
            throw StepFailure("unsupported_image", "images of the type \(type) cannot be read", isRecoverable: true)
        }
        let environment = ["MAGICK_TEMPORARY_PATH": context.folder, "MAGICK_THREAD_LIMIT": "1"]
        let arguments = self.arguments(coder, context.limits)
        let result = try await context.run(.convert, arguments, environment: environment, input: path)
        let message = ToolMessage(result.complaint)
        if message.mentions("exceeds limit", "resources exhausted", "exceeds policy") {
            throw StepFailure(
                "too_many_pixels",
                "the image has more pixels than fit in the step's memory: shrink it, or raise the step's memory",
                isRecoverable: true
            )
        }
        // The decoder says nothing where an image is wider or higher than the system's policy allows.
        let size = message.lines == ["convert: no images defined"] ? ", or larger than ImageMagick takes" : ""
        try result.check(.convert, "damaged_image", ImageHeader.damaged + size)
        // A part of an image is an image to ImageMagick.
        if message.mentions("premature end", "unexpected end", "unexpected eof", "corrupt", "insufficient image data") {
            throw StepFailure("damaged_image", "\(ImageHeader.damaged): \(message.summary)", isRecoverable: true)
        }
    }
}
