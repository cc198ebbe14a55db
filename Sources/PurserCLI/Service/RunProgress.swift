/// How far a run of the optimizer or a job is.
struct RunProgress: Sendable, Hashable {
    /// How much is done, 0 to 1.
    var fraction: Double
    /// What is at work.
    var step: String?
    /// How long it will still take, in seconds.
    var remaining: Double?
}
