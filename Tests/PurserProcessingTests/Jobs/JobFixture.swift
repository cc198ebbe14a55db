import Foundation
import Logging
import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import PurserProcessing

/// A time of day that stands still until a test moves it.
final class JobTime: Sendable {
    private let seconds: Mutex<Double>

    init(_ date: Date = Date(timeIntervalSince1970: 1_800_000_000)) {
        self.seconds = Mutex(date.timeIntervalSince1970)
    }

    func now() -> Date { Date(timeIntervalSince1970: self.seconds.withLock { $0 }) }

    func advance(by duration: Duration) {
        self.seconds.withLock { $0 += Double(duration.components.seconds) }
    }
}

/// A list that tasks add to.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { self.elements.withLock { $0 } }

    func add(_ element: Element) { self.elements.withLock { $0.append(element) } }
}

/// A step that a test writes.
struct TestStep: ProcessingStep {
    var cacheIdentity: String? = nil
    let body: @Sendable (StepInput, StepContext) async throws -> StepOutput

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        try await self.body(input, context)
    }
}

extension PipelineStep {
    /// A step that a test writes, after those before it.
    static func written(
        _ name: String,
        needs: [String] = [],
        isKept: Bool = false,
        _ body: @escaping @Sendable (StepInput, StepContext) async throws -> StepOutput
    ) -> PipelineStep {
        let work = TestStep(cacheIdentity: isKept ? "" : nil, body: body)
        return PipelineStep(name: name, uses: "test", needs: needs, retry: .none, work: work)
    }

    /// A step that keeps a copy of the content as `copy.bin`.
    static let copy = PipelineStep.written("copy") { input, context in
        let bytes = try Data(contentsOf: URL(filePath: input.path))
        let path = "\(context.folder)/copy.bin"
        try bytes.write(to: URL(filePath: path))
        return StepOutput(
            files: [StepFile(name: "copy.bin", path: path, contentType: "application/octet-stream")],
            values: ["bytes": .integer(Int64(bytes.count))]
        )
    }
}

/// A real store in a folder of its own, and what a service needs.
struct JobFixture: Sendable {
    let path: FilePath
    let time: JobTime
    let store: FileStore
    let tracker: ProgressTracker
    let resources: ResourceManager
    let scratch: ScratchFiles
    let events = Collected<ProcessingEvent>()
    let reports: Collected<OperationReport>

    var catalog: Catalog { self.store.catalog }

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Opens the store of a folder.
    static func open(
        _ path: FilePath,
        time: JobTime = JobTime(),
        slots: Int = 12,
        memoryBudget: Int = 8 << 30,
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws -> JobFixture {
        var configuration = StoreConfiguration()
        configuration.path = path
        configuration.inlineLimit = 4_096
        configuration.freeSpaceFloor = 0
        let store = try await FileStore.open(configuration, now: { time.now() }, logger: Self.quiet)
        let reports = Collected<OperationReport>()
        let tracker = ProgressTracker(clock: clock, now: { time.now() }, onEnd: { reports.add($0) })
        var limits = ResourceConfiguration()
        limits.maxConcurrentOperations = slots
        limits.memoryBudget = memoryBudget
        return JobFixture(
            path: path,
            time: time,
            store: store,
            tracker: tracker,
            resources: ResourceManager(configuration: limits, tracker: tracker, clock: clock, logger: Self.quiet),
            scratch: ScratchFiles(root: store.scratchRoot, disk: store.scratchFileSystem, logger: Self.quiet),
            reports: reports
        )
    }

    /// Runs a test with an open store, and closes it afterwards.
    static func run(
        slots: Int = 12,
        memoryBudget: Int = 8 << 30,
        clock: any Clock<Duration> = ContinuousClock(),
        _ body: (JobFixture) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("storage")
            let fixture = try await Self.open(path, slots: slots, memoryBudget: memoryBudget, clock: clock)
            try await body(fixture)
            #expect(fixture.resources.metrics().active == 0)
            #expect(fixture.scratch.figures().count == 0)
            try await fixture.store.close()
        }
    }

    /// A service over some pipelines.
    func service(
        _ pipelines: [Pipeline],
        callback: JobCallback? = nil,
        keepsResults: Bool = false,
        clock: any Clock<Duration> = ContinuousClock(),
        _ change: (inout ProcessingConfiguration) -> Void = { _ in },
        objection: @escaping @Sendable (Pipeline) -> String? = { _ in nil }
    ) -> ProcessingService {
        var configuration = ProcessingConfiguration()
        configuration.workers = 4
        configuration.batch = 10
        change(&configuration)
        let (time, events, timeout) = (self.time, self.events, configuration.fileTimeout)
        let runner = ToolRunner(toolbox: Toolbox(logger: Self.quiet), logger: Self.quiet)
        let disk = StepDisk()
        var cache: ResultCache?
        if keepsResults {
            // Without a folder there is no cache, which the tests that want one see.
            cache = try? ResultCache(
                folder: self.path.appending("results"),
                catalog: self.catalog,
                disk: disk,
                now: { time.now() },
                logger: Self.quiet
            )
        }
        let kept = cache
        return ProcessingService(
            store: self.store,
            resources: self.resources,
            tracker: self.tracker,
            scratch: self.scratch,
            pipelines: JobPipelines(PipelineLibrary(pipelines), objection: objection) { pipeline in
                PipelineExecution(
                    pipeline: pipeline,
                    runner: runner,
                    cache: kept,
                    disk: disk,
                    timeout: timeout,
                    clock: clock,
                    logger: Self.quiet
                )
            },
            configuration: configuration,
            callback: callback,
            machine: { ProcessingMachine(cores: 2, freeMemory: 4 << 30) },
            clock: clock,
            now: { time.now() },
            onEvent: { events.add($0) },
            logger: Self.quiet
        )
    }

    /// Stores bytes under a key.
    @discardableResult
    func put(_ key: String, _ text: String, type: String? = nil, metadata: [String: String] = [:]) async throws
        -> FileRecord
    {
        var request = IngestRequest(bucket: .default, key: try FileKey(key), contentType: type, metadata: metadata)
        request.announcedSize = Int64(text.utf8.count)
        let final = request
        let store = self.store
        return try await self.resources.withSlot(for: .upload, memory: 1, name: key) { slot in
            try await store.ingest(final, body: TextBody(text: text), slot: slot).file
        }
    }

    /// Names many small files that have the same content.
    func putMany(_ count: Int, prefix: String) async throws {
        try await self.put("\(prefix)0000", "same")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1..<count {
                let key = try FileKey(prefix + String(format: "%04d", number))
                let source = try FileKey("\(prefix)0000")
                group.addTask {
                    _ = try await self.store.copy(CopyRequest(from: (.default, source), to: (.default, key)))
                }
            }
            try await group.waitForAll()
        }
    }

    /// Reads a whole file.
    func read(_ key: String) async throws -> String {
        let content = try self.store.open(bucket: .default, key: FileKey(key))
        let read = Mutex(ByteBuffer())
        try await self.store.read(content, range: 0..<content.file.size) { piece in
            read.withLock { _ = $0.writeImmutableBuffer(piece) }
        }
        return read.withLock { String(buffer: $0) }
    }

    /// The keys of the bucket.
    func keys(_ prefix: String = "") throws -> [String] {
        try self.store.list(ListRequest(bucket: .default, prefix: prefix)).files.map(\.key.text)
    }
}

/// A body of one piece.
struct TextBody: AsyncSequence, Sendable {
    let text: String

    struct Iterator: AsyncIteratorProtocol {
        var text: String?

        mutating func next() async -> ByteBuffer? {
            defer { self.text = nil }
            return self.text.flatMap { $0.isEmpty ? nil : ByteBuffer(string: $0) }
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(text: self.text) }
}

extension ProcessingService {
    /// Runs the service while the body goes on, and waits for its end.
    @discardableResult
    func whileRunning<Value>(_ body: () async throws -> Value) async throws -> Value {
        let service = Task { try await self.run() }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        service.cancel()
        try await service.value
        return try result.get()
    }

    /// Waits for a job to end.
    @discardableResult
    func ended(_ job: JobDocument) async throws -> JobDocument {
        var last = job
        for await update in try self.updates(of: job.id) { last = update }
        #expect(last.state.isFinal)
        return last
    }
}

extension JobRequest {
    /// A job over files of the default bucket.
    static func files(_ keys: String..., pipeline: String = "test") throws -> JobRequest {
        JobRequest(pipeline: pipeline, inputs: try keys.map { JobFile(key: try FileKey($0)) })
    }
}

/// Expects an error of the service, and gives its code.
func processingCode(_ body: () async throws -> Void) async -> ProcessingError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? ProcessingError)?.code
    }
}
