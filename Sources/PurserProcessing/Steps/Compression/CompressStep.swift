/// Keeps a compressed copy of a content.
struct CompressStep: ProcessingStep {
    /// A format of compressed files.
    enum Format: String, Sendable, Hashable, CaseIterable {
        case zstd, gzip
    }

    /// The format.
    var format = Format.zstd
    /// How hard it tries, from 1 to 19, 1 to 9 for gzip.
    var level = 3
    /// What the result is called: the same for each content, as equal contents under several names share one result.
    var file = "content.zst"
    /// What is read.
    var source = StepSource()

    var tools: [Tool] { [.zstd] }
    var cacheIdentity: String? { "\(self.format) \(self.level) \(self.file) \(self.source)" }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let source = try self.source.file(in: input)
        // zstd writes gzip too; the result's name is Purser's own until it is kept.
        let arguments = [
            "--format=\(self.format.rawValue)", "-\(self.level)", "--single-thread", "--quiet", "--no-progress",
            "-o", "result", "--", source.path,
        ]
        let result = try await context.run(.zstd, arguments)
        try result.check(.zstd, "compression_failed", "the content could not be compressed")
        let (before, after) = (try ContentChunks.count(of: source.path), try ContentChunks.count(of: context.path("result")))
        let file = StepFile(
            name: self.file,
            path: context.path("result"),
            contentType: self.format == .zstd ? "application/zstd" : "application/gzip"
        )
        return StepOutput(
            files: [file],
            values: [
                "size_before": .integer(before), "size_after": .integer(after),
                "ratio": .number(after > 0 ? (Double(before) / Double(after) * 1_000).rounded() / 1_000 : 0),
            ]
        )
    }
}

extension StepKind {
    /// Keeps a compressed copy.
    public static let compress = StepKind("compress") { settings throws(StepSettingProblem) in
        let format: CompressStep.Format = try settings.choice("format", default: .zstd)
        let level = try settings.integer("level", in: 1...(format == .gzip ? 9 : 19), default: format == .gzip ? 6 : 3)
        let file = try settings.outputName("file", default: format == .gzip ? "content.gz" : "content.zst")
        return CompressStep(format: format, level: level, file: file, source: try StepSource(settings))
    }
}
