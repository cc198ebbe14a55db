/// What is known of a file of a job from before the service was stopped: steps whose results are not kept otherwise.
///
/// Steps that do something outside, such as calling a URL, have no result that another file could use. So that they are
/// not done again for the same file of the same job, they are noted here.
public struct StepJournal: Sendable {
    /// Names the file within the job, and the job: the same after a restart, and never used again.
    public var item: String
    /// The results of steps that have ended, by their names.
    public var finished: [String: StepOutput]
    /// Notes a result durably, before the next step begins.
    public var note: @Sendable (_ step: String, _ output: StepOutput) async throws -> Void

    /// Describes a journal.
    public init(
        item: String,
        finished: [String: StepOutput] = [:],
        note: @escaping @Sendable (_ step: String, _ output: StepOutput) async throws -> Void
    ) {
        self.item = item
        self.finished = finished
        self.note = note
    }
}
