/// This release of Purser.
public enum PurserVersion {
    /// By Semantic Versioning 2.0.0.
    public static let current = "0.1.0"
}
