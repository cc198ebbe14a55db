package import PurserOperations
package import PurserProcessing

/// How processing does.
package struct ProcessingFigures: Sendable {
    /// Programs that are kept running for a step.
    package struct Workers: Sendable {
        /// The pipeline.
        package var pipeline: String
        /// The step within it.
        package var step: String
        /// How they do.
        package var figures: WorkerFigures
    }

    /// Jobs that are kept, by how they stand.
    package var jobs: [OperationState: Int64]
    /// Kept results.
    package var cache: ResultCacheFigures
    /// Programs that were run, in the order of their names.
    package var tools: [ToolFigures]
    /// Workers, in the order of pipelines and steps.
    package var workers: [Workers]
}

extension PipelineHost {
    /// How it does now.
    ///
    /// - Parameter jobs: What the catalog says of jobs, of which pipelines know nothing.
    /// - Returns: All figures.
    package func figures(jobs: [OperationState: Int64] = [:]) -> ProcessingFigures {
        ProcessingFigures(
            jobs: jobs,
            cache: self.cache.figures(),
            tools: self.runner.figures,
            workers: self.library.pipelines.flatMap { pipeline in
                self.residents(of: pipeline).map { name, _, step in
                    ProcessingFigures.Workers(pipeline: pipeline.name, step: name, figures: step.workers)
                }
            }
        )
    }
}
