import PurserIdentifiers

/// A result as the catalog keeps it; the bytes of its files lie beside, under their numbers.
struct ResultDocument: Sendable, Hashable, Codable {
    /// A file of a result.
    struct File: Sendable, Hashable, Codable {
        var name: String
        var contentType: String
        var isKept: Bool
        var size: Int64
        /// The SHA-256 in hexadecimal digits.
        var sha256: String

        private enum CodingKeys: String, CodingKey {
            case name, size, sha256
            case contentType = "content_type"
            case isKept = "kept"
        }
    }

    var files: [File]
    var values: [String: StepValue]
    var fallback: String?

    /// Describes an output whose files have been hashed.
    init(_ output: StepOutput, _ contents: [(digest: BlobID, size: Int64)]) {
        self.files = zip(output.files, contents).map { file, content in
            File(
                name: file.name,
                contentType: file.contentType,
                isKept: file.isKept,
                size: content.size,
                sha256: content.digest.hex
            )
        }
        self.values = output.values
        self.fallback = output.fallback
    }

    /// What later steps depend on: all but where the files lie.
    var digest: BlobID {
        var print = Fingerprint("purser output 1")
        print.add(self.files.count)
        for file in self.files {
            print.add(file.name)
            print.add(file.contentType)
            print.add(file.isKept ? 1 : 0)
            print.add(file.size)
            print.add(file.sha256)
        }
        print.add(self.values)
        print.add(self.fallback)
        return print.finish()
    }

    /// The output, with files that lie in a folder under their names.
    func output(in folder: String) -> StepOutput {
        let files = self.files.map { file in
            StepFile(
                name: file.name,
                path: "\(folder)/\(file.name)",
                contentType: file.contentType,
                isKept: file.isKept
            )
        }
        return StepOutput(files: files, values: self.values, fallback: self.fallback)
    }

    /// Bytes of the files together.
    var fileBytes: Int64 { self.files.reduce(0) { $0 + $1.size } }
}
