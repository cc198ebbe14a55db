/// What scratch files ask of the disk.
///
/// The calls may block; whoever supplies them moves them to threads where that holds nobody else up. They are also made by
/// tasks that were cancelled, and MUST do their work all the same.
public struct ScratchFileSystem: Sendable {
    /// What is to be made.
    public enum Kind: Sendable, Hashable {
        /// An empty folder.
        case directory
        /// An empty file.
        case file
    }

    /// Makes what is not there yet, and the folders above it that are missing.
    public var make: @Sendable (_ path: String, _ kind: Kind) async throws -> Void
    /// Removes a file, or a folder with all that is in it; what is not there is no error.
    public var remove: @Sendable (_ path: String) async throws -> Void
    /// Removes a folder if nothing is in it; otherwise, or where it is not there, does nothing.
    public var removeIfEmpty: @Sendable (_ path: String) async throws -> Void
    /// Whether there is anything under the path, a link without a target too.
    public var exists: @Sendable (_ path: String) async throws -> Bool

    /// Takes the calls.
    public init(
        make: @escaping @Sendable (_ path: String, _ kind: Kind) async throws -> Void,
        remove: @escaping @Sendable (_ path: String) async throws -> Void,
        removeIfEmpty: @escaping @Sendable (_ path: String) async throws -> Void,
        exists: @escaping @Sendable (_ path: String) async throws -> Bool
    ) {
        self.make = make
        self.remove = remove
        self.removeIfEmpty = removeIfEmpty
        self.exists = exists
    }
}
