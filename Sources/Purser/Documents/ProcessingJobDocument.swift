package import PurserProcessing

/// A job: `GET /v1/jobs/{id}`.
package struct ProcessingJobDocument: Codable, Sendable {
    /// What became of its files so far.
    package struct Files: Codable, Sendable {
        package var total: Int64
        package var succeeded: Int64
        package var failed: Int64
        package var skipped: Int64
        package var cached: Int64
    }

    /// Why it did not succeed.
    package struct Failure: Codable, Sendable {
        package var code: String
        package var message: String
    }

    /// Why it cannot be taken up for a while.
    package struct Obstacle: Codable, Sendable {
        package var code: String
        package var message: String
        package var since: String
    }

    package var id: String
    package var operationId: String
    package var pipeline: String
    package var state: String
    @OrNull package var progress: JobProgressDocument?
    package var files: Files
    package var listed: Bool
    package var priority: String
    package var client: String
    @OrNull package var trigger: String?
    @OrNull package var estimatedSecondsRemaining: Double?
    package var createdAt: String
    @OrNull package var startedAt: String?
    @OrNull package var endedAt: String?
    @OrNull package var waiting: Obstacle?
    @OrNull package var error: Failure?

    package init(_ job: JobDocument) {
        self.id = job.id
        self.operationId = job.operationID
        self.pipeline = job.pipeline
        self.state = job.state.rawValue
        self.files = Files(
            total: job.files.total,
            succeeded: job.files.succeeded,
            failed: job.files.failed,
            skipped: job.files.skipped,
            cached: job.files.cached
        )
        self.listed = job.isListed
        self.priority = "\(job.priority)"
        self.client = job.client
        self.createdAt = job.createdAt.rfc3339
        self.progress = job.progress.map { JobProgressDocument($0) }
        self.trigger = job.trigger
        self.estimatedSecondsRemaining = job.estimatedRemaining?.exactSeconds
        self.startedAt = job.startedAt?.rfc3339
        self.endedAt = job.endedAt?.rfc3339
        self.waiting = job.waiting.map { Obstacle(code: $0.code, message: $0.message, since: $0.since.rfc3339) }
        self.error = job.error.map { Failure(code: $0.code, message: $0.message) }
    }
}

/// A page of jobs: `GET /v1/jobs`.
package struct ProcessingJobListDocument: Codable, Sendable {
    package var jobs: [ProcessingJobDocument]
    @OrNull package var nextCursor: String?

    /// Describes a page; one that is full has a next one, which may be empty.
    package init(_ jobs: [JobDocument], limit: Int) {
        self.jobs = jobs.map { ProcessingJobDocument($0) }
        self.nextCursor = jobs.count == limit ? jobs.last?.id : nil
    }
}

/// How many files of a job go at the same time: `POST /v1/jobs/plan`.
package struct ProcessingPlanDocument: Codable, Sendable {
    package var workers: Int
    package var batch: Int
    package var why: [String]

    package init(_ plan: ProcessingPlan) {
        self.workers = plan.workers
        self.batch = plan.batch
        self.why = plan.why
    }
}
