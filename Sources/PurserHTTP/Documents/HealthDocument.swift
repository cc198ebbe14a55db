import Purser

/// Whether the service lives, or takes work.
struct HealthDocument: Encodable {
    var status: String
    @OrNull var reason: String?
}
