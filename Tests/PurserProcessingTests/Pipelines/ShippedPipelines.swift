import Crypto
import Foundation
import Logging
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserProcessing

/// The pipelines of `config/pipelines`.
enum ShippedPipelines {
    static func library() -> PipelineLibrary {
        let folder = repository.appending(path: "config/pipelines").path
        return PipelineLibrary(folder: folder, kinds: StepKinds(StepKind.ofFiles))
    }
}

extension StepBench {
    /// Takes a content through a shipped pipeline.
    func run(
        _ name: String,
        on content: String,
        as contentType: String?,
        progress: @escaping @Sendable (FileProgress) -> Void = { _ in }
    ) async throws -> FileOutcome {
        let pipeline = try #require(ShippedPipelines.library()[name])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let execution = PipelineExecution(pipeline: pipeline, runner: self.runner, disk: StepDisk(), logger: logger)
        let data = try Data(contentsOf: URL(filePath: content))
        let input = StepInput(
            bucket: try BucketName("default"),
            key: try FileKey("-rf/$(x) \u{2603}"),
            content: try #require(BlobID(bytes: Array(SHA256.hash(data: data)))),
            size: Int64(data.count),
            contentType: contentType,
            path: content
        )
        let folder = self.folder.appending("run-\(UUID().uuidString)").string
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let outcome = try await execution.run(input, in: folder, progress: progress)
        #expect(self.left.isEmpty)
        return outcome
    }
}

extension FileOutcome {
    /// Where an output lies.
    func file(_ number: Int) throws -> String {
        try #require(self.outputs.dropFirst(number).first, "\(String(describing: self.error))").path
    }

    /// What stands in an output.
    func text(_ number: Int) throws -> String {
        try String(contentsOf: URL(filePath: try self.file(number)), encoding: .utf8)
    }
}
