import Foundation

/// The jobs of a service as commands see them: documents are those of the API, as it writes them.
protocol JobService: Sendable {
    /// Whether jobs go on when the command ends.
    var outlivesCommands: Bool { get }

    /// Takes a job.
    ///
    /// - Parameter submission: What to do.
    /// - Returns: The job's document.
    /// - Throws: An error of any layer; there is no job then.
    func startJob(_ submission: JobSubmission) async throws -> Data

    /// Waits for the end of a job.
    ///
    /// A cancelled task leaves the job as it is.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - onChange: Told how it stands, now and then.
    /// - Throws: An error of any layer; a job that failed is none.
    func followJob(_ id: String, onChange: @escaping @Sendable (JobSummary) -> Void) async throws

    /// A job as it stands.
    func job(_ id: String) async throws -> Data

    /// A page of jobs, the newest first.
    func jobs(_ query: JobQuery) async throws -> Data

    /// What a job went through.
    func jobHistory(_ id: String) async throws -> Data

    /// A page of what a job did, file by file.
    func jobReport(_ id: String, after cursor: String?, limit: Int) async throws -> Data

    /// Asks a job to stop.
    ///
    /// - Returns: The job's document.
    func cancelJob(_ id: String) async throws -> Data

    /// How many files would go at the same time, and why.
    func planJob(count: Int, averageBytes: Int64) async throws -> Data

    /// All pipelines, by name.
    func pipelines() async throws -> Data
}

/// Which jobs are asked for.
struct JobQuery: Sendable, Hashable {
    /// Only those that stand so.
    var state: String?
    /// Only those of this pipeline.
    var pipeline: String?
    /// Where the page before ended.
    var after: String?
    /// Jobs of the page; 1 to 1,000.
    var limit = 100
}
