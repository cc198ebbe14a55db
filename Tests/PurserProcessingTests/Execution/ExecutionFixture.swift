import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserTestSupport
import Synchronization
import SystemPackage

@testable import PurserProcessing

/// A step that does what a test wants.
struct WorkStep: ProcessingStep {
    var cacheIdentity: String? = ""
    var tools: [Tool] = []
    let work: @Sendable (StepInput, StepContext) async throws -> StepOutput

    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        try await self.work(input, context)
    }
}

/// What steps did, in the order in which they did it.
final class WorkRecord: Sendable {
    private let entries = Mutex<[String]>([])

    func add(_ entry: String) { self.entries.withLock { $0.append(entry) } }

    var all: [String] { self.entries.withLock { $0 } }

    func count(_ entry: String) -> Int { self.all.count { $0 == entry } }
}

/// A clock on which every short sleep ends at once and takes its time all the same; long ones last until cancelled.
final class LeapClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Self { Self(offset: self.offset + duration) }
        func duration(to other: Self) -> Duration { other.offset - self.offset }
        static func < (left: Self, right: Self) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex((now: Instant(offset: .zero), sleeps: [Duration]()))

    var now: Instant { self.state.withLock { $0.now } }
    var minimumResolution: Duration { .zero }
    /// The short sleeps so far.
    var sleeps: [Duration] { self.state.withLock { $0.sleeps } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let isShort = self.state.withLock { state in
            let duration = state.now.duration(to: deadline)
            guard duration < .seconds(3_600) else { return false }
            state.now = max(state.now, deadline)
            state.sleeps.append(duration)
            return true
        }
        if !isShort { try await Gate().waitOrThrow() }
    }
}

/// A folder with what an execution needs.
final class ExecutionFixture: Sendable {
    let folder: FilePath
    let disk = StepDisk()
    let runner = ToolRunner(toolbox: Toolbox(logger: ExecutionFixture.logger), logger: ExecutionFixture.logger)
    let record = WorkRecord()
    private let lastFile = Mutex(0)

    /// Keeps the expected failures of tests out of their output.
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func run(_ body: (ExecutionFixture) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await body(ExecutionFixture(folder))
        }
    }

    private init(_ folder: FilePath) {
        self.folder = folder
    }

    /// A file whose content goes by its text.
    func input(
        _ text: String = "content",
        key: String = "a.txt",
        type: String? = "text/plain",
        parameters: [String: StepValue] = [:]
    ) throws -> StepInput {
        let number = self.nextNumber()
        let path = self.folder.appending("source-\(number)").string
        try Data(text.utf8).write(to: URL(filePath: path))
        var print = Fingerprint("test")
        print.add(text)
        return StepInput(
            bucket: .default,
            key: try FileKey(key),
            content: print.finish(),
            size: Int64(text.utf8.count),
            contentType: type,
            path: path,
            parameters: parameters
        )
    }

    /// An empty folder for a file.
    func fileFolder() throws -> String {
        let path = self.folder.appending("file-\(self.nextNumber())").string
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }

    func execution(
        _ pipeline: Pipeline,
        cache: ResultCache? = nil,
        handlers: FailureHandlers = FailureHandlers(),
        timeout: Duration? = nil,
        clock: any Clock<Duration> = LeapClock()
    ) -> PipelineExecution {
        PipelineExecution(
            pipeline: pipeline,
            runner: self.runner,
            cache: cache,
            handlers: handlers,
            disk: self.disk,
            timeout: timeout,
            clock: clock,
            random: { 0.5 },
            logger: Self.logger
        )
    }

    /// Takes a file through a pipeline.
    func run(
        _ pipeline: Pipeline,
        _ input: StepInput? = nil,
        cache: ResultCache? = nil,
        handlers: FailureHandlers = FailureHandlers(),
        journal: StepJournal? = nil,
        clock: any Clock<Duration> = LeapClock(),
        progress: @escaping @Sendable (FileProgress) -> Void = { _ in }
    ) async throws -> FileOutcome {
        try await self.execution(pipeline, cache: cache, handlers: handlers, clock: clock)
            .run(try input ?? self.input(), in: try self.fileFolder(), journal: journal, progress: progress)
    }

    /// A step that notes that it ran, and makes a file with a text.
    func making(_ name: String, _ text: String? = nil, needs: [String] = [], isKept: Bool = true) -> PipelineStep {
        .test(name, needs: needs) { [record = self.record] input, context in
            record.add(name)
            return try .file("\(name).txt", text ?? "\(name) of \(input.content)", in: context, isKept: isKept)
        }
    }

    /// A step that notes that it ran, and fails so many times.
    func failing(
        _ name: String,
        _ failure: StepFailure = StepFailure("broken", "it is broken"),
        times: Int = .max,
        needs: [String] = []
    ) -> PipelineStep {
        let failures = Mutex(0)
        return .test(name, needs: needs) { [record = self.record] _, _ in
            record.add(name)
            let isFailing = failures.withLock { count in
                count += 1
                return count <= times
            }
            if isFailing { throw failure }
            return StepOutput(values: ["step": .string(name)])
        }
    }

    private func nextNumber() -> Int {
        self.lastFile.withLock { last in
            last += 1
            return last
        }
    }
}

extension PipelineStep {
    /// A step with a limit that no test reaches by chance.
    static func test(
        _ name: String,
        needs: [String] = [],
        identity: String? = "",
        _ work: @escaping @Sendable (StepInput, StepContext) async throws -> StepOutput
    ) -> PipelineStep {
        PipelineStep(
            name: name,
            uses: "work",
            needs: needs,
            limits: StepLimits(time: .seconds(86_400)),
            work: WorkStep(cacheIdentity: identity, work: work)
        )
    }

    /// The step with something else.
    func with(_ change: (inout PipelineStep) -> Void) -> PipelineStep {
        var step = self
        change(&step)
        return step
    }

    func falling(to name: String) -> PipelineStep { self.with { $0.onError = .fallback(name) } }
    var standIn: PipelineStep { self.with { $0.isFallback = true } }
}

extension Pipeline {
    static func test(_ steps: PipelineStep...) -> Pipeline { Pipeline(name: "test", version: "1", steps: steps) }

    func with(_ change: (inout Pipeline) -> Void) -> Pipeline {
        var pipeline = self
        change(&pipeline)
        return pipeline
    }
}

extension StepOutput {
    /// A file with a text in the step's folder.
    static func file(
        _ name: String,
        _ text: String,
        in context: StepContext,
        isKept: Bool = true
    ) throws -> StepOutput {
        let path = "\(context.folder)/made-\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return StepOutput(files: [StepFile(name: name, path: path, contentType: "text/plain", isKept: isKept)])
    }
}

extension FileOutcome {
    func step(_ name: String) -> StepReport? { self.steps.first { $0.name == name } }

    /// The texts of the files that are to be kept, by their names.
    func texts() throws -> [String: String] {
        try Dictionary(
            uniqueKeysWithValues: self.outputs.map { file in
                (file.name, try String(contentsOf: URL(filePath: file.path), encoding: .utf8))
            }
        )
    }

    var states: [StepState] { self.steps.map(\.state) }
}
