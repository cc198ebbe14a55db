extension StepKind {
    /// The kinds that look at files and make others of them.
    static let ofFiles: [StepKind] = [
        .validate, .hash, .metadata, .text, .thumbnail, .resize, .archiveExtract, .compress, .pdfText, .pdfPages, .ocr, .layout,
        .normalize, .schema,
    ]
}
