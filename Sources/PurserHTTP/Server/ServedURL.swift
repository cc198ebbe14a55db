import Foundation

/// The URL under which a server is reached from its own machine.
enum ServedURL {
    /// Puts loopback in the place of the addresses that stand for all of a machine's.
    static func reachable(_ url: String) -> String {
        url.replacing("//0.0.0.0:", with: "//127.0.0.1:").replacing("//[::]:", with: "//[::1]:")
    }
}
