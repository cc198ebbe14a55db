/// Why nobody waits for an answer any more.
enum GoneReason: Sendable, Equatable {
    /// The client closed its side, or the connection broke.
    case disconnected
    /// The client sent or took fewer bytes than the minimum rate asks for. It is still there and can be told so.
    case tooSlow
}
