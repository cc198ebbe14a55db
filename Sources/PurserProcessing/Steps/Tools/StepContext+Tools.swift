extension StepContext {
    /// Runs a program in the step's folder, within the step's limits.
    ///
    /// - Parameters:
    ///   - tool: What to run.
    ///   - arguments: Its arguments. A path among them is absolute, or the name of a file in the step's folder that Purser
    ///     chose, so that none can be taken for an option.
    ///   - environment: What it gets beside a home and a place for temporary files, both of them the step's folder.
    ///   - input: The file that it reads as standard input.
    ///   - maxOutput: Bytes of standard output that are kept.
    ///   - isOutputStrict: Whether more than that is an error.
    ///   - limits: What it may take, where that is less than the step.
    /// - Returns: How it ended, well or not; in its complaint, paths have other names.
    /// - Throws: ``StepFailure``; `CancellationError`.
    func run(
        _ tool: Tool,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String? = nil,
        maxOutput: Int = 64 << 10,
        isOutputStrict: Bool = false,
        limits: StepLimits? = nil
    ) async throws -> ToolResult {
        let surroundings = ["HOME": self.folder, "TMPDIR": self.folder, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"]
        let command = ToolCommand(
            tool,
            arguments,
            in: self.folder,
            limits: limits ?? self.limits,
            environment: surroundings.merging(environment) { _, own in own },
            input: input,
            maxOutput: maxOutput,
            isOutputStrict: isOutputStrict
        )
        var result = try await self.runner.run(command)
        // What is told to senders of files shows no paths of the server.
        for path in arguments.filter({ $0.hasPrefix("/") }) + [input].compactMap(\.self) {
            result.complaint = result.complaint.replacing(path, with: "the file")
        }
        result.complaint = result.complaint.replacing(self.folder, with: "the folder")
        return result
    }

    /// A file in the step's folder.
    func path(_ name: String) -> String { "\(self.folder)/\(name)" }
}

extension ToolResult {
    /// What it wrote to its standard output, as text.
    var text: String { String(decoding: self.output, as: UTF8.self) }

    /// Fails unless the program ended well.
    ///
    /// - Parameters:
    ///   - tool: What ran.
    ///   - code: Of the failure where the program itself refused the file.
    ///   - problem: What that means, as the beginning of a sentence.
    /// - Throws: ``StepFailure``: the code; `file_too_large` where it wrote more than it may; `tool_crashed`, which may go
    ///   better the next time, where another signal ended it.
    func check(_ tool: Tool, _ code: String, _ problem: String) throws(StepFailure) {
        if self.isSuccess { return }
        let name = tool.program.split(separator: "/").last.map(String.init) ?? tool.program
        if let signal = self.signal {
            guard signal != ToolResult.fileTooLarge else {
                throw StepFailure(
                    "file_too_large",
                    "\(name) was ended, as it wrote more than a step may: raise the step's file_size, or leave the file out"
                )
            }
            throw StepFailure("tool_crashed", "\(name) was ended by signal \(signal)", isTransient: true)
        }
        let words = ToolMessage(self.complaint).summary
        throw StepFailure(code, words.isEmpty ? problem : "\(problem): \(words)", isRecoverable: true)
    }

    /// SIGXFSZ.
    private static let fileTooLarge: Int32 = 25
}
