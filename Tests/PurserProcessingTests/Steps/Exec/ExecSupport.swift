import Foundation
import PurserIdentifiers
import PurserProcessing
import SystemPackage

extension Bench {
    /// A file of the store, as a step gets it.
    func input(
        _ content: String = "content",
        key: String = "a/b.txt",
        parameters: [String: StepValue] = [:],
        earlier: [String: StepOutput] = [:]
    ) throws -> StepInput {
        let path = self.folder.appending("source").string
        try Data(content.utf8).write(to: URL(filePath: path))
        return StepInput(
            bucket: .default,
            key: try FileKey(key),
            content: .empty,
            size: Int64(content.utf8.count),
            contentType: "text/plain",
            path: path,
            earlier: earlier,
            parameters: parameters
        )
    }

    /// The surroundings of a step, with a new folder.
    func context(
        _ limits: StepLimits = StepLimits(),
        progress: @escaping @Sendable (Double, String?) -> Void = { _, _ in }
    ) throws -> StepContext {
        let folder = self.folder.appending("step-\(UUID().uuidString)").string
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        return StepContext(folder: folder, limits: limits, runner: self.runner, progress: progress)
    }
}

/// A step `exec` that runs a script for the shell.
///
/// Its settings know the step `first`, and the parameters `one` and `two`.
func shellStep(_ script: String, _ more: [String: StepValue] = [:]) throws -> any ProcessingStep {
    try execStep(["program": "sh", "arguments": .list([.string("-c"), .string(script), .string("sh")])], more)
}

/// A step `exec`.
func execStep(_ values: [String: StepValue], _ more: [String: StepValue] = [:]) throws -> any ProcessingStep {
    let settings = StepSettings(
        values.merging(more) { $1 },
        earlier: ["first"],
        parameters: ["one", "two"]
    )
    let step = try StepKind.exec.make(settings)
    if let problem = settings.problems().first { throw problem }
    return step
}
