import Foundation

/// The step `exec`: runs a program of the operator's choice on a file.
///
/// It runs in the step's folder, without a shell, under the step's limits, and may make files there that become outputs.
/// Lines `::progress FRACTION MESSAGE` on its standard output tell how far it is.
final class ExecStep: ResidentStep {
    /// What its standard output may have, beside the last line, that nobody reads.
    private static let maxOutput = 1 << 20

    private let configuration: ExecConfiguration
    private let files: NamedFiles
    /// What the files were when the step was made, where its programs stay: they go on with what they read at their start.
    private let filesOfWorkers: String?
    private let pool: WorkerPool?

    init(_ configuration: ExecConfiguration) {
        let files = NamedFiles(arguments: configuration.arguments, environment: configuration.environment.values)
        self.configuration = configuration
        self.files = files
        self.filesOfWorkers = configuration.persistence == nil ? nil : files.identity
        self.pool = configuration.persistence.map { WorkerPool(configuration, $0) }
    }

    var tools: [Tool] { [self.configuration.tool] }

    var cacheIdentity: String? {
        guard let identity = self.configuration.identity else { return nil }
        let files = self.filesOfWorkers ?? self.files.identity
        return files.isEmpty ? identity : "\(identity)\0\(files)"
    }

    var isResident: Bool { self.pool != nil }
    var unavailability: StepFailure? { self.pool?.unavailability }
    var workers: WorkerFigures { self.pool?.figures ?? WorkerFigures() }

    @concurrent
    func serve(in folder: String, limits: StepLimits, with runner: ToolRunner) async {
        await self.pool?.serve(in: folder, limits: limits, with: runner)
    }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let files = ExecFiles(self.configuration, in: context.folder)
        try files.prepare()
        let values: [String: StepValue]
        if let pool {
            values = try await self.ask(pool, input, context)
        } else {
            values = try await self.start(input, context)
        }
        return StepOutput(files: try files.collect(), values: values)
    }

    private func ask(_ pool: WorkerPool, _ input: StepInput, _ context: StepContext) async throws -> [String: StepValue]
    {
        let request = WorkerRequest(input, in: context.folder)
        do {
            return try await withTimeLimit(context.limits.time, on: context.runner.timeline) {
                try await pool.ask(request, limits: context.limits, progress: context.progress)
            }
        } catch is TimeLimitReached {
            let program = "'\(self.configuration.tool.program)'"
            throw ToolEnd.failure(.time, program, limits: context.limits, maxOutput: 0)
        }
    }

    private func start(_ input: StepInput, _ context: StepContext) async throws -> [String: StepValue] {
        var arguments: [String] = []
        for template in self.configuration.arguments {
            arguments.append(try template.argument(for: input, in: context.folder))
        }
        var environment: [String: String] = [:]
        for (name, template) in self.configuration.environment {
            environment[name] = try template.text(for: input, in: context.folder)
        }
        var command = ToolCommand(
            self.configuration.tool,
            arguments,
            in: context.folder,
            limits: context.limits,
            environment: environment,
            maxOutput: Self.maxOutput,
            isOutputStrict: self.configuration.hasValues,
            progress: context.progress
        )
        command.addressSpace = self.configuration.addressSpace
        let result = try await context.runner.run(command)
        if let failure = self.failure(result) { throw failure }
        return self.configuration.hasValues ? try Self.values(result.output) : [:]
    }

    /// What its exit code means.
    private func failure(_ result: ToolResult) -> StepFailure? {
        guard result.signal != nil || !self.configuration.successCodes.contains(result.code) else { return nil }
        let end = result.signal.map { "by signal \($0)" } ?? "with code \(result.code)"
        let said = result.complaint.split(whereSeparator: \.isNewline).last.map { ": \($0.prefix(300))" } ?? ""
        return StepFailure(
            "tool_failed",
            "'\(self.configuration.tool.program)' ended \(end)\(said)",
            isTransient: result.signal == nil && self.configuration.transientCodes.contains(result.code)
        )
    }

    private static func values(_ output: [UInt8]) throws(StepFailure) -> [String: StepValue] {
        let lines = output.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        guard let last = lines.last, let values = try? JSONDecoder().decode([String: StepValue].self, from: Data(last))
        else {
            throw StepFailure("invalid_values", "the last line that the program wrote is no JSON object")
        }
        return values
    }
}

extension StepKind {
    /// `exec`: a program of the operator's choice.
    public static let exec = StepKind("exec") { settings throws(StepSettingProblem) in
        ExecStep(try ExecConfiguration(settings))
    }
}
