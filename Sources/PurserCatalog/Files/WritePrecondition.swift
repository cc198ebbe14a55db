public import PurserIdentifiers

/// What must hold of the file under a key, for a write to happen (RFC 9110, section 13).
public enum WritePrecondition: Sendable, Equatable {
    /// Nothing.
    case none
    /// There is no file: `If-None-Match: *`.
    case absent
    /// There is a file: `If-Match: *`.
    case exists
    /// There is a file, with one of these contents: `If-Match` with a list.
    case matches([BlobID])
    /// There is no file, or one with none of these contents: `If-None-Match` with a list.
    case noneMatch([BlobID])
}

extension WritePrecondition {
    package func holds(for current: BlobID?) -> Bool {
        switch self {
        case .none: true
        case .absent: current == nil
        case .exists: current != nil
        case .matches(let blobs): current.map(blobs.contains) ?? false
        case .noneMatch(let blobs): !(current.map(blobs.contains) ?? false)
        }
    }

    func check(_ current: FileRecord?) throws(CatalogError) {
        guard self.holds(for: current?.blob) else {
            throw CatalogError(.preconditionFailed, "the file is not as the request expects it", current: current)
        }
    }
}
