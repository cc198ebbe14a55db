public import Foundation
public import Logging
import PurserCatalog
import PurserIdentifiers
public import PurserOperations
public import PurserStore
import Synchronization

/// Keeps a store small, in the background and without risk, and looks whether all is there.
///
/// The work is done in runs, of which there is one at a time. A run is an operation that holds no slot itself: each piece
/// of it takes one, of kind `optimize` and in the background, and gives it back after a second or 64 MiB when others wait.
/// Its report is kept in the catalog as it goes, so that a run goes on after a crash, and an audit trail tells of each
/// file that was removed and why.
///
/// ``run()`` must be running for what starts by itself, and for ``start(_:)``; ``run(_:)`` needs only that the resource
/// manager runs.
public final class StorageOptimizer: Sendable {
    /// What it does, and when.
    public let configuration: OptimizerConfiguration
    let store: FileStore
    let resources: ResourceManager
    let tracker: ProgressTracker
    let reencode: Reencoder?
    let clock: RunClock
    let now: @Sendable () -> Date
    let random: @Sendable () -> Double
    let onEvent: @Sendable (OptimizerEvent) -> Void
    let logger: Logger
    /// The run under way, if any.
    let current = Mutex<String?>(nil)
    /// The run that ``start(_:)`` left for ``run()``, and what wakes that.
    let inbox = Mutex(RunInbox())
    let bell: AsyncStream<Void>
    let ringBell: @Sendable () -> Void
    let watch: Mutex<SpaceWatch>
    let times = Mutex(RunTimes())
    let forecasts = Mutex<KeptForecast?>(nil)

    var catalog: Catalog { self.store.catalog }

    /// Makes an optimizer that has not begun.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - resources: Gives slots.
    ///   - tracker: Where runs show as operations; that of the resource manager.
    ///   - configuration: What it does, taken as it is; see ``OptimizerConfiguration/problems()``.
    ///   - reencode: Encodes contents; without it, compression is refused.
    ///   - clock: Measures how long things take.
    ///   - now: The time of day.
    ///   - random: Moves times of the schedule: from -1, the earliest, to 1, the latest.
    ///   - onEvent: Told what people should know; must not block.
    ///   - logger: For what happens in the background.
    public init(
        store: FileStore,
        resources: ResourceManager,
        tracker: ProgressTracker,
        configuration: OptimizerConfiguration = OptimizerConfiguration(),
        reencode: Reencoder? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> Double = { Double.random(in: -1...1) },
        onEvent: @escaping @Sendable (OptimizerEvent) -> Void = { _ in },
        logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.resources = resources
        self.tracker = tracker
        self.reencode = reencode
        self.clock = RunClock(clock)
        self.now = now
        self.random = random
        self.onEvent = onEvent
        self.logger = logger
        let (bell, rope) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        self.bell = bell
        self.ringBell = { rope.yield() }
        self.watch = Mutex(SpaceWatch(configuration.space))
    }

    /// Does a run, and returns when it has ended.
    ///
    /// Cancelling the task cancels the run; what it did by then stays done.
    ///
    /// - Parameters:
    ///   - request: What to do.
    ///   - onStarted: Told once the run shows as an operation, with its report so far.
    /// - Returns: The report; where a strategy or the whole run failed, or somebody cancelled it, the report says so.
    /// - Throws: ``OptimizerError`` `.runInProgress`, `.strategyUnavailable`; `OperationError`; `StoreError` where nothing
    ///   can be written down.
    @discardableResult
    public func run(
        _ request: RunRequest,
        onStarted: @Sendable (RunReport) -> Void = { _ in }
    ) async throws -> RunReport {
        let started = try await self.begin(request)
        onStarted(started.journal.document.report)
        return try await self.finish(started, onCancel: .requested)
    }

    /// Starts a run that ``run()`` then does, and returns once it shows as an operation.
    ///
    /// - Throws: As ``run(_:onStarted:)``.
    public func start(_ request: RunRequest) async throws -> RunReport {
        let refusal = OperationError(.shuttingDown, "the optimizer has stopped and takes no new runs")
        guard self.inbox.withLock({ !$0.isClosed }) else { throw refusal }
        let started = try await self.begin(request)
        guard self.inbox.withLock({ $0.put(started) }) else {
            try await self.abandon(started)
            throw refusal
        }
        self.ringBell()
        return started.journal.document.report
    }

    /// Takes the turn, registers the operation, and writes the run down.
    private func begin(_ request: RunRequest) async throws -> StartedRun {
        let strategies = try self.strategies(of: request)
        let id = OperationID(at: self.now())
        let operation = request.id ?? id
        try self.takeTurn(id.description)
        do {
            let report = RunReport(
                id: id.description,
                operationID: operation.description,
                trigger: request.trigger,
                isDryRun: request.isDryRun,
                startedAt: self.now(),
                strategies: strategies
            )
            var document = RunDocument(report: report, pending: strategies)
            document.verifiesAll = request.verifiesAll
            document.removals = [:]
            document.repairPlaces = request.repairSources.map {
                $0.place ?? RepairPlace(kind: .elsewhere, path: $0.name)
            }
            if let other = try await self.catalog.beginRun(report.id, document: try document.text()) {
                throw Self.inProgress(other.id)
            }
            do {
                return try self.register(document, operation, request.repairSources)
            } catch {
                // An operation of that id is alive: nothing has begun.
                try await self.catalog.forgetRun(report.id)
                throw error
            }
        } catch {
            self.endTurn(id.description)
            throw StoreError.surfaced(error)
        }
    }

    /// Shows a run that is written down as an operation.
    func register(_ document: RunDocument, _ id: OperationID, _ sources: [RepairSource]) throws -> StartedRun {
        let operation = try self.tracker.begin(
            .optimize,
            id: id,
            name: document.report.isDryRun ? "optimizer dry run" : "optimizer run",
            priority: .background
        )
        let journal = RunJournal(document, catalog: self.catalog, clock: self.clock)
        return StartedRun(operation: operation, journal: journal, repairSources: sources)
    }

    private func strategies(of request: RunRequest) throws -> [StrategyName] {
        let chosen = request.strategies
        let enabled = self.configuration.enabledStrategies.filter { $0 != .compression || self.reencode != nil }
        guard !chosen.isEmpty else { return enabled }
        guard !chosen.contains(.compression) || self.reencode != nil else {
            throw OptimizerError(.strategyUnavailable, "compression is not available: there is no codec")
        }
        return StrategyName.allCases.filter(chosen.contains)
    }

    func takeTurn(_ id: String) throws {
        let other = self.current.withLock { current in
            defer { current = current ?? id }
            return current
        }
        if let other { throw Self.inProgress(other) }
    }

    /// Ends the turn of a run; does nothing where it has ended already.
    func endTurn(_ id: String) {
        self.current.withLock { if $0 == id { $0 = nil } }
    }

    private static func inProgress(_ id: String) -> OptimizerError {
        OptimizerError(.runInProgress, "run \(id) is under way; there is one at a time", run: id)
    }
}

/// A run that is registered and written down, and not yet done.
struct StartedRun: Sendable {
    let operation: PurserOperations.Operation
    let journal: RunJournal
    let repairSources: [RepairSource]
}

/// The run that waits to be done: there is one at a time.
struct RunInbox: Sendable {
    private var waiting: StartedRun?
    private(set) var isClosed = false

    /// Leaves a run.
    ///
    /// - Returns: Whether somebody will do it.
    mutating func put(_ run: StartedRun) -> Bool {
        guard !self.isClosed else { return false }
        self.waiting = run
        return true
    }

    /// Takes the run that waits, if any.
    mutating func take() -> StartedRun? {
        defer { self.waiting = nil }
        return self.waiting
    }

    /// Takes no more.
    mutating func close() { self.isClosed = true }
}
