/// How a file ends that does not succeed.
struct FileEnding: Sendable, Hashable {
    var state: FileState
    var error: FailureReport
    var abortsJob: Bool

    /// Follows from a failure and what is to be done about it.
    init(_ error: FailureReport, _ action: FailureAction? = nil) {
        self.error = error
        self.abortsJob = action == .abort
        self.state =
            switch action {
            case .skip: .skipped
            case .quarantine: .quarantined
            default: error.code == StepFailure.timedOutCode ? .timedOut : .failed
            }
    }
}

extension StepFailure {
    /// The code of what took too long.
    static let timedOutCode = "timed_out"

    /// The code of a program that was ended because no memory was left to reserve.
    static let noMemoryCode = "memory_unavailable"
}
