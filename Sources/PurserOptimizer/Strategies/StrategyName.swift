/// A way to win space, or to find that nothing was lost.
///
/// The raw value is its name in settings and documents.
public enum StrategyName: String, Sendable, CaseIterable, Codable {
    /// Removes files that are older than a limit.
    case age
    /// Removes files while the store is larger than a limit.
    case sizeLimit = "size_limit"
    /// Finds contents counted wrongly, and further names of one content.
    case deduplication
    /// Keeps contents encoded where that saves space.
    case compression
    /// Removes what nothing refers to.
    case collection
    /// Reads contents again and compares them with their digests.
    case verification
}
