import Crypto
import Foundation
import Logging
import PurserIdentifiers
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

/// A folder in which steps run as they run in a pipeline, with the programs of the system.
struct StepBench {
    let folder: FilePath
    let runner: ToolRunner

    /// Puts a content where a job would put it.
    func content(_ bytes: some Sequence<UInt8>, name: String = "content") throws -> String {
        let path = self.folder.appending(name).string
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    /// Runs a step on a file.
    func run(
        _ kind: StepKind,
        _ settings: [String: StepValue] = [:],
        on path: String,
        as contentType: String? = nil,
        key: String = "file",
        earlier: [String: StepOutput] = [:],
        parameters: [String: StepValue] = [:],
        limits: StepLimits = StepLimits()
    ) async throws -> StepOutput {
        let data = try Data(contentsOf: URL(filePath: path))
        let input = StepInput(
            bucket: try BucketName("default"),
            key: try FileKey(key),
            content: try #require(BlobID(bytes: Array(SHA256.hash(data: data)))),
            size: Int64(data.count),
            contentType: contentType,
            path: path,
            earlier: earlier,
            parameters: parameters
        )
        let own = self.folder.appending("step-\(UUID().uuidString)").string
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: false)
        let context = StepContext(folder: own, limits: limits, runner: self.runner)
        let output = try await kind.step(settings).run(input, context)
        #expect(output.files.allSatisfy { $0.path.hasPrefix(own + "/") && $0.hasProperName })
        #expect(self.left.isEmpty)
        return output
    }

    /// The code with which a step refuses a file.
    func refusal(
        _ kind: StepKind,
        _ settings: [String: StepValue] = [:],
        on path: String,
        as contentType: String? = nil,
        earlier: [String: StepOutput] = [:],
        parameters: [String: StepValue] = [:],
        limits: StepLimits = StepLimits()
    ) async throws -> StepFailure? {
        let failure = try await failure {
            try await self.run(
                kind, settings, on: path, as: contentType, earlier: earlier, parameters: parameters, limits: limits
            )
        }
        // Nothing of the server shows, and somebody can read it.
        if let failure {
            #expect(!failure.message.contains(self.folder.string), "\(failure.message)")
            #expect(failure.message.count > 10 && !failure.message.contains("\n"))
        }
        #expect(self.left.isEmpty)
        return failure
    }

    /// Processes that still run.
    var left: [Int32] { Traces.processes(with: self.folder.string) }

    /// Bytes of all files under the folder.
    var bytes: Int {
        let paths = FileManager.default.enumerator(atPath: self.folder.string)?.compactMap { $0 as? String } ?? []
        return paths.reduce(0) { sum, path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: self.folder.appending(path).string)
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { return sum }
            return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }
    }

    /// Runs a script of Python, which makes files under the folder.
    func python(_ script: String) async throws {
        let outcome = try await runTool("/usr/bin/python3", ["-I", "-c", script, self.folder.string])
        try #require(outcome.status == 0, "\(outcome.output)")
    }
}

/// Gives a test a bench of its own.
func withStepBench(path: [String]? = nil, _ body: (StepBench) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let toolbox = path.map { Toolbox(path: $0, logger: logger) } ?? Toolbox(logger: logger)
        let runner = ToolRunner(toolbox: toolbox, freeSpaceFloor: 0, logger: logger)
        try await body(StepBench(folder: folder, runner: runner))
    }
}

extension StepOutput {
    /// The content of one of the files, as text.
    func text(_ name: String) throws -> String {
        let file = try #require(self.files.first { $0.name == name })
        return try String(contentsOf: URL(filePath: file.path), encoding: .utf8)
    }
}
