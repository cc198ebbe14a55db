/// Why a channel could not deliver a message.
struct DeliveryError: Error, CustomStringConvertible {
    /// For the log; without secrets and without the receiver's own words beyond a few.
    var description: String
    /// Whether another attempt may work.
    var isTransient: Bool
    /// How long the receiver asks to wait.
    var retryAfter: Duration?
}
