/// Refuses what later steps cannot work on: empty, too large, of another type than it takes, locked, or damaged.
struct ValidateStep: ProcessingStep {
    /// What it takes.
    struct Settings: Sendable, Hashable {
        /// Types that are taken, such as `application/pdf` or `image/*`; all where there are none.
        var types: [String] = []
        /// Bytes of the content at most.
        var maxSize: Int64 = 1 << 30
        /// Whether a content without bytes is taken.
        var allowsEmpty = false
        /// Whether a content of another type than its sender said is refused, though that type would be taken.
        var isStrict = false
        /// Whether documents and images are opened, to see whether they can be; later steps that open them find out too.
        var isInspecting = true
        /// Pages of a document at most.
        var maxPages = 2_000
        /// Pixels of an image at most.
        var maxPixels = 100_000_000
    }

    /// What it takes.
    var settings = Settings()

    var tools: [Tool] {
        var tools: [Tool] = [.file]
        guard self.settings.isInspecting else { return tools }
        if self.takes("application/pdf") { tools.append(.pdfinfo) }
        if self.settings.types.contains(where: { $0.lowercased().hasPrefix("image/") }) { tools.append(.vipsheader) }
        return tools
    }

    /// What a sender says is no part of the content; where it decides, nothing can be kept.
    var cacheIdentity: String? { self.settings.isStrict ? nil : "\(self.settings)" }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        var values: [String: StepValue] = ["size": .integer(input.size)]
        guard input.size > 0 else {
            guard self.settings.allowsEmpty else {
                throw StepFailure("empty_file", "the file is empty: upload it again", isRecoverable: true)
            }
            values["content_type"] = .string("application/x-empty")
            return StepOutput(values: values)
        }
        guard input.size <= self.settings.maxSize else {
            throw StepFailure(
                "too_large",
                "the file has \(input.size) bytes, and \(self.settings.maxSize) are taken: split it, or raise max_size",
                isRecoverable: true
            )
        }
        let found = try await ContentType.detect(input.path, context)
        values["content_type"] = .string(found)
        try self.check(found, said: input.contentType)
        guard self.settings.isInspecting, !self.settings.types.isEmpty else { return StepOutput(values: values) }
        if found == "application/pdf" {
            let header = try await PDFHeader.read(input.path, context)
            try header.checkPages(self.settings.maxPages)
            values["pages"] = .integer(Int64(header.pages))
            values["encrypted"] = .bool(header.isEncrypted)
        } else if found.hasPrefix("image/"), let header = try await ImageHeader.readIfKnown(input.path, context) {
            try header.checkPixels(self.settings.maxPixels)
            values["width"] = .integer(Int64(header.width))
            values["height"] = .integer(Int64(header.height))
        }
        return StepOutput(values: values)
    }

    private func takes(_ name: String) -> Bool {
        guard let type = MediaType(name) else { return false }
        return self.settings.types.contains { type.matches($0) }
    }

    /// Compares the type of the bytes with what is taken and with what the sender said.
    private func check(_ found: String, said: String?) throws(StepFailure) {
        let said = MediaType(said)
        let isTaken = self.settings.types.isEmpty || self.takes(found)
        let agrees = said.flatMap { said in MediaType(found).map { said.agrees(with: $0) } } ?? true
        if let said, !agrees, self.settings.isStrict || (!isTaken && self.takes(said.name)) {
            throw StepFailure(
                "mislabelled",
                "the file was sent as \(said.name.visible(upTo: 80)), but its content is \(found): send it with its type",
                isRecoverable: true
            )
        }
        guard isTaken else {
            let types = self.settings.types.joined(separator: ", ")
            throw StepFailure(
                "unsupported_type", "the content is \(found), and this pipeline takes \(types)", isRecoverable: true
            )
        }
    }
}

extension StepKind {
    /// Checks type, size and readability.
    public static let validate = StepKind("validate") { settings throws(StepSettingProblem) in
        var chosen = ValidateStep.Settings()
        chosen.types = try settings.strings("types", default: chosen.types)
        chosen.maxSize = try settings.bytes("max_size", in: 1...(1 << 50), default: chosen.maxSize)
        chosen.allowsEmpty = try settings.bool("allow_empty", default: chosen.allowsEmpty)
        chosen.isStrict = try settings.bool("strict", default: chosen.isStrict)
        chosen.isInspecting = try settings.bool("inspect", default: chosen.isInspecting)
        chosen.maxPages = try settings.integer("max_pages", in: 1...1_000_000, default: chosen.maxPages)
        chosen.maxPixels = try settings.integer("max_pixels", in: 1...10_000_000_000, default: chosen.maxPixels)
        return ValidateStep(settings: chosen)
    }
}
