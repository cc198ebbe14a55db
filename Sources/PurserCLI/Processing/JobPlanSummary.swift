/// How the files of a job would be processed, as far as people are shown it.
struct JobPlanSummary: Decodable, Sendable {
    /// Files that are processed at the same time.
    var workers: Int
    /// Files that are taken up at once.
    var batch: Int
    /// What led to these numbers.
    var why: [String]

    /// A line for the numbers and one for each reason.
    var lines: [String] {
        ["\(self.workers) at a time, in batches of \(self.batch)"] + self.why.map { "  \($0)" }
    }
}
