public import Foundation
public import Logging
import PurserCatalog
import PurserIdentifiers
public import PurserOperations
public import PurserStore
import Synchronization

/// Runs jobs: pipelines over files of the store.
///
/// A job is kept as rows from the moment it is asked for, and goes on after a crash. It is an operation that holds no slot
/// itself: each of its files takes one, of kind `process`, and is an operation to those who measure. Only jobs that run are
/// held in memory, with a few of their files.
///
/// ``run()`` must be running for anything to be processed.
public final class ProcessingService: Sendable {
    /// How jobs are run.
    public let configuration: ProcessingConfiguration
    let store: FileStore
    let resources: ResourceManager
    let tracker: ProgressTracker
    let scratch: ScratchFiles
    let pipelines: JobPipelines
    let callback: JobCallback?
    let machine: @Sendable () -> ProcessingMachine
    let timeline: Timeline
    let now: @Sendable () -> Date
    let onEvent: @Sendable (ProcessingEvent) -> Void
    let logger: Logger
    /// The jobs under way, by their row.
    let running = Mutex<[Int64: RunningJob]>([:])
    /// Wakes the one who hands out work, the one who writes down, and the one who lists files.
    let work = Bell()
    let ends = Bell()
    let listing = Bell()
    let telling = Bell()
    /// Those who wait for a job to start or to end.
    let watchers = JobWatchers()
    let times = Mutex<[String: Date]>([:])
    /// Whose turn it was last.
    let turns = Mutex(Turns())
    /// Whether files of a job were left to be found until its pipeline can run.
    let isListingPutOff = Mutex(false)

    var catalog: Catalog { self.store.catalog }

    /// Whose turn it was last.
    struct Turns {
        /// The last client whose jobs were looked at.
        var lastClient = ""
        /// Files that were begun.
        var begins: UInt64 = 0
    }

    /// Makes a service that has not begun.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - resources: Gives slots.
    ///   - tracker: Where jobs show as operations; that of the resource manager.
    ///   - scratch: Gives each file a folder while it is processed.
    ///   - pipelines: Which pipelines there are, and how they run.
    ///   - configuration: How jobs are run, taken as it is; see ``ProcessingConfiguration/problems()``.
    ///   - callback: Posts the document of a job that has ended; without it, URLs are refused.
    ///   - machine: Tells cores and free memory.
    ///   - clock: Measures how long things take.
    ///   - now: The time of day.
    ///   - onEvent: Told what people should know; must not block.
    ///   - logger: For what happens in the background.
    public init(
        store: FileStore,
        resources: ResourceManager,
        tracker: ProgressTracker,
        scratch: ScratchFiles,
        pipelines: JobPipelines,
        configuration: ProcessingConfiguration = ProcessingConfiguration(),
        callback: JobCallback? = nil,
        machine: @escaping @Sendable () -> ProcessingMachine = { .present() },
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        onEvent: @escaping @Sendable (ProcessingEvent) -> Void = { _ in },
        logger: Logger
    ) {
        self.store = store
        self.resources = resources
        self.tracker = tracker
        self.scratch = scratch
        self.pipelines = pipelines
        self.configuration = configuration
        self.callback = callback
        self.machine = machine
        self.timeline = Timeline(clock)
        self.now = now
        self.onEvent = onEvent
        self.logger = logger
    }

    /// Works out how many files of a job would go at the same time, and how many are taken up at once.
    ///
    /// - Parameters:
    ///   - count: Files of the job.
    ///   - averageBytes: Bytes of one of them on average; 0 where that is not known.
    /// - Returns: The numbers, and why.
    public func plan(count: Int, averageBytes: Int64) -> ProcessingPlan {
        let slots = min(
            self.resources.configuration.cap(of: .process) ?? .max,
            self.resources.configuration.maxConcurrentOperations
        )
        var machine = self.machine()
        machine.freeMemory = min(machine.freeMemory, self.resources.configuration.memoryBudget)
        return ProcessingPlan.make(
            count: count,
            averageBytes: averageBytes,
            machine: machine,
            slots: slots,
            configuration: self.configuration
        )
    }
}
