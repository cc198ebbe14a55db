import NIOCore
import NIOPosix
import SystemPackage

/// Finds out whether a server could listen, before anything else is touched.
enum ListenProbe {
    /// Listens for a moment, and accepts nobody.
    ///
    /// - Throws: ``CommandError`` where the address cannot be had.
    static func check(host: String, port: Int) async throws {
        do {
            let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelOption(.autoRead, value: false)
                .bind(host: host, port: port)
                .get()
            try await channel.close()
        } catch let error as IOError {
            throw self.explained(error, host: host, port: port)
        } catch {
            throw CommandError("the server cannot listen on \(host): \(error)")
        }
    }

    /// Says why a server cannot listen, and what to do.
    static func explained(_ error: IOError, host: String, port: Int) -> CommandError {
        let reason = Errno(rawValue: error.errnoCode)
        let advice =
            switch reason {
            case .addressInUse: "another program listens there; stop it, or take another port with --port (0 picks one)"
            case .permissionDenied: "ports below 1024 need a privilege; take another with --port"
            case .addressNotAvailable: "this machine has no such address; take another with --host"
            default: "\(reason)"
            }
        return CommandError("the server cannot listen on \(host), port \(port): \(advice)", code: "cannot_listen")
    }
}
