/// What a PDF says of itself, as `pdfinfo` prints it.
struct PDFHeader: Sendable, Hashable {
    /// All lines by what stands before their colon.
    let fields: [String: String]

    /// Reads the lines `Name: value`; of two with the same name the first counts.
    init(_ text: String) {
        var fields: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = String(line[..<colon])
            guard fields[name] == nil else { continue }
            fields[name] = line[line.index(after: colon)...].visible(upTo: 300)
        }
        self.fields = fields
    }

    /// How many pages there are.
    var pages: Int { self.fields["Pages"].flatMap { Int($0) } ?? 0 }

    /// Whether it is encrypted, though it could be opened without a password.
    var isEncrypted: Bool { self.fields["Encrypted"]?.hasPrefix("yes") ?? false }

    /// Asks for the header of a file.
    ///
    /// - Parameters:
    ///   - path: Where it lies: an absolute path that Purser chose.
    ///   - pages: Pages whose sizes are asked for too; those that there are not are left out.
    ///   - context: Where the program runs.
    /// - Returns: The header of a document that has at least one page.
    /// - Throws: ``StepFailure`` `encrypted_document`, `damaged_document`; `CancellationError`.
    static func read(
        _ path: String,
        pages: ClosedRange<Int> = 1...1,
        _ context: StepContext
    ) async throws -> PDFHeader {
        let range = ["-f", "\(pages.lowerBound)", "-l", "\(pages.upperBound)"]
        let result = try await context.run(
            .pdfinfo, ["-isodates", "-enc", "UTF-8"] + range + [path], maxOutput: (64 << 10) + pages.count * 256
        )
        let message = ToolMessage(result.complaint)
        try message.checkPassword()
        try result.check(.pdfinfo, "damaged_document", Self.damaged)
        let header = PDFHeader(result.text)
        guard header.pages > 0 else {
            throw StepFailure("damaged_document", "\(Self.damaged): it has no pages", isRecoverable: true)
        }
        return header
    }

    /// The size of a page as it is shown, in points; `nil` where it was not asked for.
    func size(ofPage number: Int) -> (width: Double, height: Double)? {
        guard let size = self.pageField(number, "size")?.firstMatch(of: /([0-9.]+) x ([0-9.]+) pts/),
            let width = Double(size.1), let height = Double(size.2), width > 0, height > 0
        else { return nil }
        let turn = self.pageField(number, "rot").flatMap { Int($0) } ?? 0
        return turn % 180 == 0 ? (width, height) : (height, width)
    }

    /// A line such as `Page   12 size:  612 x 792 pts (letter)`.
    private func pageField(_ number: Int, _ name: String) -> String? {
        let digits = "\(number)"
        let padding = String(repeating: " ", count: max(0, 4 - digits.count))
        return self.fields["Page \(padding)\(digits) \(name)"]
    }

    /// Refuses a document of more pages than so many.
    func checkPages(_ limit: Int) throws(StepFailure) {
        guard self.pages > limit else { return }
        throw StepFailure(
            "too_many_pages",
            "the document has \(self.pages) pages, and \(limit) are taken: split it, or raise max_pages",
            isRecoverable: true
        )
    }

    /// What is said of a page that cannot be drawn, as nobody knows how large it is.
    static func withoutSize(_ number: Int) -> StepFailure {
        StepFailure("damaged_document", "\(Self.damaged): page \(number) has no size", isRecoverable: true)
    }

    /// How messages on documents that cannot be opened begin.
    static let damaged = "the document cannot be opened, it is damaged or incomplete"
}

extension ToolMessage {
    /// Refuses a document that programs could not open without a password.
    ///
    /// - Throws: ``StepFailure`` `encrypted_document`.
    func checkPassword() throws(StepFailure) {
        guard self.mentions("incorrect password", "unsupported security handler", "unsupported version/revision") else {
            return
        }
        throw StepFailure(
            "encrypted_document",
            "the document is protected by a password: remove the password, and upload it again",
            isRecoverable: true
        )
    }
}
