/// Keeps a plain text as UTF-8, whatever it was encoded in, and counts its lines and words.
struct TextStep: ProcessingStep {
    /// How it is done.
    struct Settings: Sendable, Hashable {
        /// Bytes of the content at most.
        var maxSize: Int64 = 256 << 20
        /// What bytes are taken for that no encoding was found for, as iconv calls it.
        var fallbackEncoding = "WINDOWS-1252"
        /// What the result is called.
        var file = "text.txt"
        /// What is read.
        var source = StepSource()
    }

    /// How it is done.
    var settings = Settings()

    var tools: [Tool] { [.file, .iconv] }
    var cacheIdentity: String? { "\(self.settings)" }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let source = try self.settings.source.file(in: input)
        if self.settings.source.step == nil, input.size > self.settings.maxSize {
            throw StepFailure(
                "too_large",
                "the text has \(input.size) bytes, and \(self.settings.maxSize) are taken: split it, or raise max_size",
                isRecoverable: true
            )
        }
        let mark = TextEncoding.mark(of: try ContentChunks.bytes(of: source.path, count: 4))
        var scan = mark == nil || mark == "UTF-8" ? try Self.scan(source.path) : nil
        var encoding = "UTF-8"
        var path = source.path
        if scan?.isValid != true {
            encoding = try await self.encoding(mark, source.path, context)
            path = try await self.converted(source.path, from: encoding, context)
            scan = try Self.scan(path)
        }
        guard let scan, scan.isValid else { throw Self.notText }
        let result = context.path("result.txt")
        try Self.copyWithoutMark(path, to: result, limit: context.limits.fileSize)
        return StepOutput(
            files: [StepFile(name: self.settings.file, path: result, contentType: "text/plain; charset=utf-8")],
            values: [
                "encoding": .string(encoding.lowercased()), "lines": .integer(scan.lines), "words": .integer(scan.words),
                "characters": .integer(scan.characters),
            ]
        )
    }

    private func encoding(_ mark: String?, _ path: String, _ context: StepContext) async throws -> String {
        if let mark, mark != "UTF-8" { return mark }
        let told = try await ContentType.encoding(path, context)
        guard let name = TextEncoding.iconvName(told, fallback: self.settings.fallbackEncoding) else { throw Self.notText }
        // What `file` took for UTF-8 by its beginning is not, as the whole was read before.
        return name == "UTF-8" ? self.settings.fallbackEncoding : name
    }

    private func converted(_ path: String, from encoding: String, _ context: StepContext) async throws -> String {
        let arguments = ["-f", encoding, "-t", "UTF-8", "-o", "converted.txt", path]
        let result = try await context.run(.iconv, arguments)
        try result.check(
            .iconv, "damaged_text", "the text is not what it seems to be, \(encoding.lowercased())"
        )
        return context.path("converted.txt")
    }

    private static func scan(_ path: String) throws -> UTF8Scan {
        var scan = UTF8Scan()
        try ContentChunks.read(path) { scan.take($0) }
        scan.finish()
        return scan
    }

    private static func copyWithoutMark(_ path: String, to result: String, limit: Int64) throws {
        var writer = try StepWriter(result, limit: limit)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var isFirst = true
        try ContentChunks.read(path) { bytes in
            try writer.write(isFirst && bytes.starts(with: mark) ? bytes[3...] : bytes[...])
            isFirst = false
        }
        try writer.finish()
    }

    private static var notText: StepFailure {
        StepFailure("not_text", "the content is no text in any encoding that is known", isRecoverable: true)
    }
}

extension StepKind {
    /// Keeps a plain text as UTF-8.
    public static let text = StepKind("text") { settings throws(StepSettingProblem) in
        var chosen = TextStep.Settings()
        chosen.maxSize = try settings.bytes("max_size", in: 1...(1 << 40), default: chosen.maxSize)
        chosen.fallbackEncoding = try settings.string("fallback_encoding", default: chosen.fallbackEncoding)
        if chosen.fallbackEncoding.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_-]{1,30}/) == nil {
            throw settings.problem("fallback_encoding", "takes a name as 'iconv --list' prints it")
        }
        chosen.file = try settings.outputName("file", default: chosen.file)
        chosen.source = try StepSource(settings)
        return TextStep(settings: chosen)
    }
}
