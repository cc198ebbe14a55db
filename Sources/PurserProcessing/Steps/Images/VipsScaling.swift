/// Scales by libvips, which decodes no more of a JPEG than the result needs.
struct VipsScaling: Sendable {
    /// What is made.
    var scale: ImageScale

    /// The arguments for a source.
    func arguments(_ path: String) -> [String] {
        var arguments = [
            "thumbnail", path, "\(self.scale.format.result)[\(self.options)]", "\(self.scale.width)",
            "--height", "\(self.scale.height)", "--size", "down", "--fail-on", "truncated", "--export-profile", "srgb",
        ]
        if self.scale.fit == .cover { arguments += ["--crop", "centre"] }
        return arguments
    }

    /// Makes the result in the step's folder.
    ///
    /// - Throws: ``StepFailure`` `damaged_image`, `unsupported_image`; `CancellationError`.
    func run(_ path: String, _ context: StepContext) async throws {
        let result = try await context.run(.vips, self.arguments(path), environment: VipsEnvironment.values)
        let message = ToolMessage(result.complaint)
        if !result.isSuccess, message.mentions("is not a known file format", "operation is blocked") {
            throw StepFailure(
                "unsupported_image", "libvips cannot read images of this type: convert it to JPEG or PNG", isRecoverable: true
            )
        }
        try result.check(.vips, "damaged_image", ImageHeader.damaged)
    }

    private var options: String {
        switch self.scale.format {
        case .jpeg: "Q=\(self.scale.quality),strip,optimize_coding,background=255"
        case .png: "compression=6,strip"
        case .webp: "Q=\(self.scale.quality),strip"
        }
    }
}
