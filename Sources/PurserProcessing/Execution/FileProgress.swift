/// How far a file is in its pipeline.
public struct FileProgress: Sendable, Hashable {
    /// From 0 to 1, over all steps by their weights; never goes back.
    public var fraction: Double
    /// The step that tells.
    public var step: String
    /// How far that step is, from 0 to 1; begins anew with another try.
    public var stepFraction: Double
    /// What it does.
    public var message: String?
}
