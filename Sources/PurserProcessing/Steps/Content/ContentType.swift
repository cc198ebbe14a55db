/// Tells the type of a content by its bytes, as `file` does.
enum ContentType {
    /// Asks for the type of a file.
    ///
    /// - Parameters:
    ///   - path: Where it lies: an absolute path that Purser chose.
    ///   - context: Where the program runs.
    /// - Returns: The type; `application/octet-stream` where nothing is known of the bytes.
    /// - Throws: ``StepFailure``; `CancellationError`.
    static func detect(_ path: String, _ context: StepContext) async throws -> String {
        let result = try await context.run(.file, ["--brief", "--mime-type", "-E", "--", path], maxOutput: 4 << 10)
        try result.check(.file, "unreadable", "the type of the content cannot be found out")
        let text = result.text.visible(upTo: 120)
        return MediaType(text)?.name ?? "application/octet-stream"
    }

    /// Asks for the encoding of a text, such as `iso-8859-1`; `binary` where it is none.
    static func encoding(_ path: String, _ context: StepContext) async throws -> String {
        let result = try await context.run(.file, ["--brief", "--mime-encoding", "-E", "--", path], maxOutput: 4 << 10)
        try result.check(.file, "unreadable", "the encoding of the text cannot be found out")
        return result.text.visible(upTo: 60).lowercased()
    }
}
