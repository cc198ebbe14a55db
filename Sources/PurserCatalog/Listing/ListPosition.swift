import PurserIdentifiers

/// A place in a listing, after which it goes on.
public enum ListPosition: Sendable, Hashable {
    /// After a key. Any bytes will do; there need not be a file of that key.
    case key([UInt8])
    /// After everything that begins with a common prefix.
    case prefix([UInt8])
}

extension ListPosition {
    static func file(_ key: FileKey) -> ListPosition { .key(Array(key.text.utf8)) }

    /// The least key that comes after the position; `nil` where none can.
    var lowerBound: [UInt8]? {
        switch self {
        case .key(let bytes): bytes + [0]
        case .prefix(let bytes): KeyOrder.end(ofPrefix: bytes)
        }
    }
}
