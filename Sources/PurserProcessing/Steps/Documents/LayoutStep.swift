/// Puts the words of pages together to lines and blocks.
///
/// Takes the `pages.jsonl` of an earlier step, and makes `layout.jsonl`.
struct LayoutStep: ProcessingStep {
    /// What the result is called.
    static let file = "layout.jsonl"

    /// Where the pages come from.
    var source = StepSource()

    var cacheIdentity: String? { "\(self.source)" }
    var readsContent: Bool { self.source.step == nil }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let source = try self.source.file(in: input)
        var writer = try StepWriter(context.path(Self.file), limit: context.limits.fileSize)
        var (pages, blocks, lines) = (0, 0, 0)
        try await PageLines.read(source.path, as: WordPage.self) { words in
            let page = PageLayout.page(words)
            try PageLines.write(page, to: &writer)
            pages += 1
            blocks += page.blocks.count
            lines += page.blocks.reduce(0) { $0 + $1.lines.count }
        }
        try writer.finish()
        let file = StepFile(
            name: Self.file,
            path: context.path(Self.file),
            contentType: PageLines.contentType,
            isKept: false
        )
        return StepOutput(
            files: [file],
            values: [
                "pages": .integer(Int64(pages)), "blocks": .integer(Int64(blocks)), "lines": .integer(Int64(lines)),
            ]
        )
    }
}

extension StepKind {
    /// Puts words together to lines and blocks.
    public static let layout = StepKind("layout") { settings throws(StepSettingProblem) in
        LayoutStep(source: try StepSource(settings))
    }
}
