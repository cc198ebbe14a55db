public import PurserProcessing

/// A pipeline, and whether it can run here.
public struct PipelineStatus: Sendable {
    /// The pipeline.
    public var pipeline: Pipeline
    /// Why it cannot run now, such as a program that is missing, with the package that brings it; `nil` where it can.
    public var unavailableReason: String?
    /// What is missing that it can do without, such as the program of a step that another stands in for.
    public var warnings: [String]
}

extension FileStorageManager {
    /// The pipelines that jobs can run, in the order of their names.
    ///
    /// ```swift
    /// for status in manager.pipelines() {
    ///     print(status.pipeline.name, status.unavailableReason ?? "can run")
    /// }
    /// ```
    public func pipelines() -> [PipelineStatus] {
        self.pipelineHost.library.pipelines.map { pipeline in
            let found = self.pipelineHost.availability(of: pipeline)
            return PipelineStatus(pipeline: pipeline, unavailableReason: found.reason, warnings: found.warnings)
        }
    }

    /// Registers what is done about failures of steps with a code; a pipeline's own handlers come first.
    ///
    /// ```swift
    /// manager.registerHandler(for: "encrypted_document") { failed in .quarantine }
    /// ```
    ///
    /// - Parameters:
    ///   - code: The code of the failures, in the place of an earlier handler for it.
    ///   - handler: Decides; `nil` leaves it to the step.
    public func registerHandler(for code: String, _ handler: @escaping FailureHandlers.Handler) {
        self.pipelineHost.handlers.registerHandler(for: code, handler)
    }

    /// Registers what does the work of a step that has failed for good, where its pipeline names nothing.
    ///
    /// - Parameters:
    ///   - operation: The name of a step, or of a kind of steps; the former comes first.
    ///   - fallback: Does the work, in a folder and within the time of the step.
    public func registerFallback(for operation: String, _ fallback: @escaping FailureHandlers.Fallback) {
        self.pipelineHost.handlers.registerFallback(for: operation, fallback)
    }
}
