import Foundation

/// The pipelines of a folder.
public struct PipelineLibrary: Sendable {
    /// The most bytes of a pipeline's file.
    public static let maxFileBytes = 256 * 1_024
    /// The most files of a folder.
    public static let maxFiles = 256

    /// All that are well, by their names.
    public private(set) var pipelines: [Pipeline] = []
    /// What is wrong with the others.
    public private(set) var problems: [PipelineProblem] = []

    /// Brings pipelines together that a program has made.
    public init(_ pipelines: [Pipeline] = []) {
        self.pipelines = pipelines.sorted { $0.name < $1.name }
    }

    /// Reads all files `*.yaml` of a folder.
    ///
    /// Blocking: call it at start-up.
    ///
    /// - Parameters:
    ///   - folder: The folder; one that cannot be read is a problem.
    ///   - kinds: The kinds of steps that there are.
    public init(folder: String, kinds: StepKinds = .builtIn) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
                .sorted()
        } catch {
            self.problems = [PipelineProblem(file: folder, line: 0, reason: "the folder cannot be read")]
            return
        }
        if names.count > Self.maxFiles {
            let reason = "there are \(names.count) pipelines; there may be \(Self.maxFiles)"
            self.problems.append(PipelineProblem(file: folder, line: 0, reason: reason))
        }
        for name in names.prefix(Self.maxFiles) {
            do throws(PipelineProblems) {
                self.add(try Self.pipeline(at: "\(folder)/\(name)", kinds: kinds))
            } catch {
                self.problems += error.problems
            }
        }
        self.pipelines.sort { $0.name < $1.name }
    }

    /// A pipeline; `nil` where none that is well has the name.
    public subscript(name: String) -> Pipeline? { self.pipelines.first { $0.name == name } }

    private mutating func add(_ pipeline: Pipeline) {
        if let other = self[pipeline.name] {
            let reason = "the name '\(pipeline.name)' is that of \(other.file), too"
            self.problems.append(PipelineProblem(file: pipeline.file, line: 1, reason: reason))
        } else {
            self.pipelines.append(pipeline)
        }
    }

    private static func pipeline(at path: String, kinds: StepKinds) throws(PipelineProblems) -> Pipeline {
        let text: String
        do {
            guard let handle = FileHandle(forReadingAtPath: path) else { throw CocoaError(.fileReadNoSuchFile) }
            defer { try? handle.close() }
            let data = try handle.read(upToCount: Self.maxFileBytes + 1) ?? Data()
            guard data.count <= Self.maxFileBytes else {
                throw PipelineProblem(file: path, line: 0, reason: "is longer than \(Self.maxFileBytes) bytes")
            }
            guard let decoded = String(data: data, encoding: .utf8) else {
                throw PipelineProblem(file: path, line: 0, reason: "is not UTF-8")
            }
            text = decoded
        } catch let problem as PipelineProblem {
            throw PipelineProblems(problems: [problem])
        } catch {
            throw PipelineProblems(problems: [PipelineProblem(file: path, line: 0, reason: "cannot be read")])
        }
        return try PipelineReader.read(text, file: path, kinds: kinds)
    }
}

extension Pipeline {
    /// Reads a pipeline and checks it.
    ///
    /// - Parameters:
    ///   - text: YAML, as `config/pipelines` has it.
    ///   - file: What it is called in problems.
    ///   - kinds: The kinds of steps that there are.
    /// - Returns: The pipeline.
    /// - Throws: ``PipelineProblems``, all that there are.
    public static func read(
        _ text: String,
        file: String,
        kinds: StepKinds = .builtIn
    ) throws(PipelineProblems) -> Pipeline {
        try PipelineReader.read(text, file: file, kinds: kinds)
    }
}
