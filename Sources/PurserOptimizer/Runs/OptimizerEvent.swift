public import PurserIdentifiers

/// Something that people should know: for the alerts of whoever runs the optimizer.
public enum OptimizerEvent: Sendable, Equatable {
    /// A content's bytes are wrong or missing, and so many files have it; they answer an error until it is healed.
    case contentDamaged(BlobID, files: Int64)
    /// A damaged content is whole again.
    case contentHealed(BlobID)
    /// Counts in the catalog were wrong, and are right now.
    case countsRepaired(Int64)
    /// The store has become fuller or emptier: of so many bytes so many are used.
    case spaceLevel(SpaceLevel, used: Int64, of: Int64)
    /// A run ended, as its report says.
    case runEnded(RunReport)
}
