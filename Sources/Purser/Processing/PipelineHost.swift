import Foundation
import Logging
import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserOperations
package import PurserProcessing
import PurserStore

/// The pipelines of a service, with all that they take to run: programs, workers, kept results, handlers of failures.
package final class PipelineHost: Sendable {
    /// The pipelines.
    package let library: PipelineLibrary
    /// What the program that uses the library wants done about failures.
    let handlers = FailureHandlers()
    /// What steps have made.
    package let cache: ResultCache
    let runner: ToolRunner
    let workerFolder: String
    let logger: Logger
    private let executions: [String: PipelineExecution]

    /// Reads the pipelines, and opens what they keep in a store; blocking.
    ///
    /// - Throws: `PipelineProblems`; `FileSystemError`.
    init(
        _ settings: ProcessingSettings,
        store: FileStore,
        fileSystem: any FileSystem,
        clock: any Clock<Duration>,
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) throws {
        let library = try settings.library()
        let disk = StepDisk(fileSystem: fileSystem)
        let cache = try ResultCache(
            folder: store.blobs.layout.results,
            catalog: store.catalog,
            disk: disk,
            configuration: settings.cache,
            clock: clock,
            now: now,
            logger: logger
        )
        // The same at each start, so that programs of a process that was killed are known.
        let owner = String(BlobID(of: ByteBuffer(string: store.scratchRoot)).hex.prefix(32))
        let toolbox = Toolbox(path: settings.path, owner: owner, clock: clock, logger: logger)
        let runner = ToolRunner(
            toolbox: toolbox,
            breakerThreshold: settings.breakerFailures,
            breakerPause: settings.breakerPause,
            clock: clock,
            logger: logger
        )
        let executions = library.pipelines.map { [handlers] pipeline in
            PipelineExecution(
                pipeline: pipeline,
                runner: runner,
                cache: cache,
                handlers: handlers,
                disk: disk,
                timeout: settings.jobs.fileTimeout,
                clock: clock,
                logger: logger
            )
        }
        self.library = library
        self.cache = cache
        self.runner = runner
        self.workerFolder = store.blobs.layout.workers.string
        self.logger = logger
        self.executions = Dictionary(uniqueKeysWithValues: executions.map { ($0.pipeline.name, $0) })
    }

    /// The pipelines as jobs need them.
    var jobPipelines: JobPipelines {
        JobPipelines(self.library) { pipeline in
            self.objection(to: pipeline)
        } execution: { pipeline in
            guard let execution = self.executions[pipeline.name] else {
                preconditionFailure("a pipeline that runs is one of the library")
            }
            return execution
        }
    }

    /// Whether a pipeline can run now, and what it does without.
    ///
    /// Costs a look for each of its programs.
    func availability(of pipeline: Pipeline) -> PipelineAvailability {
        PipelineAvailability(of: pipeline, handlers: self.handlers) { step in
            let missing = self.runner.toolbox.missing(of: step.work.tools).map { Toolbox.missing($0) }
            guard missing.isEmpty, let resident = step.work as? any ResidentStep, resident.isResident,
                var failure = resident.unavailability
            else { return missing }
            failure.message = "the workers of the step '\(step.name)' do not get ready: \(failure.message)"
            return [failure]
        }
    }

    /// Why a pipeline cannot run now; `nil` where it can.
    func objection(to pipeline: Pipeline) -> String? { self.availability(of: pipeline).reason }

    /// The steps of a pipeline that keep programs running.
    func residents(of pipeline: Pipeline) -> [(name: String, limits: StepLimits, step: any ResidentStep)] {
        pipeline.steps.compactMap { step in
            guard let resident = step.work as? any ResidentStep, resident.isResident else { return nil }
            return (step.name, step.limits, resident)
        }
    }
}
