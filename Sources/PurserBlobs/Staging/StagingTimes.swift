/// How long the bytes of a content took on their way in.
public struct StagingTimes: Sendable, Hashable {
    /// Working out the digest.
    public var hash: Duration
    /// Writing the bytes, making them durable and putting them in place.
    public var disk: Duration

    /// Describes times.
    public init(hash: Duration = .zero, disk: Duration = .zero) {
        self.hash = hash
        self.disk = disk
    }
}
