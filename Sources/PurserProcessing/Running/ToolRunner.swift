/// Runs programs under limits.
public final class ToolRunner: Sendable {
    /// Runs a program until it has ended.
    ///
    /// - Parameter command: What to run.
    /// - Returns: How it ended.
    /// - Throws: ``StepFailure``; `CancellationError`.
    @concurrent
    public func run(_ command: ToolCommand) async throws -> ToolResult {
        throw StepFailure("tool_missing", "there is no program '\(command.tool.program)'")
    }
}
