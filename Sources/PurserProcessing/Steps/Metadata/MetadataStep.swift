import Foundation

/// Tells what a content says of itself: type and size of any, pixels and EXIF of an image, pages and title of a PDF.
struct MetadataStep: ProcessingStep {
    /// Entries of EXIF and the like at most.
    static let maxFields = 64

    /// What is looked into; the type alone is told of all.
    enum Subject: String, Sendable, Hashable, CaseIterable {
        case any, image, document
    }

    /// What is looked into.
    var subject = Subject.any
    /// What the file is called that gets all of it as JSON; no file where there is no name.
    var file: String?

    var tools: [Tool] {
        switch self.subject {
        case .any: [.file]
        case .image: [.file, .vipsheader]
        case .document: [.file, .pdfinfo]
        }
    }

    var cacheIdentity: String? { "\(self.subject) \(self.file ?? "")" }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let type = try await self.type(input, context)
        var values: [String: StepValue] = ["content_type": .string(type), "size": .integer(input.size)]
        if self.subject == .image {
            let header = try await ImageHeader.readIfKnown(input.path, context)
            values.merge(header?.values ?? [:]) { own, _ in own }
        } else if self.subject == .document, type == "application/pdf" {
            values.merge(try await PDFHeader.read(input.path, context).values) { own, _ in own }
        }
        var output = StepOutput(values: values)
        if let file = self.file {
            try Self.write(.object(values), to: context.path("metadata"), limit: context.limits.fileSize)
            output.files = [StepFile(name: file, path: context.path("metadata"), contentType: "application/json")]
        }
        return output
    }

    /// The type that an earlier step found out, or else what `file` says.
    private func type(_ input: StepInput, _ context: StepContext) async throws -> String {
        let known = input.earlier.values.map(\.values).first { $0["content_type"] != nil && $0["size"] == .integer(input.size) }
        if let type = known?["content_type"]?.text { return type }
        return try await ContentType.detect(input.path, context)
    }

    private static func write(_ value: StepValue, to path: String, limit: Int64) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var writer = try StepWriter(path, limit: limit)
        try writer.write(try encoder.encode(value))
        try writer.write("\n")
        try writer.finish()
    }
}

extension StepKind {
    /// Tells what a content says of itself.
    public static let metadata = StepKind("metadata") { settings throws(StepSettingProblem) in
        let isKept = settings.value("file") != nil
        let file = isKept ? try settings.outputName("file", default: "metadata.json") : nil
        return MetadataStep(subject: try settings.choice("of", default: .any), file: file)
    }
}
