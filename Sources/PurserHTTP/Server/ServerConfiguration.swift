public import Purser

/// How the service is served over HTTP.
public struct ServerConfiguration: Sendable {
    /// `server.host`: the address to listen on.
    public var host = "127.0.0.1"
    /// `server.port`: 0 picks a free one.
    public var port = 8080
    /// `server.allow_anonymous`: whether an address that is not loopback may be served to everybody.
    public var allowsAnonymous = false
    /// `server.shutdown_grace`: how long running operations may take after a signal.
    public var shutdownGrace = Duration.seconds(30)
    /// `server.header_timeout`: from the first byte of a request to the end of its head.
    public var headerTimeout = Duration.seconds(10)
    /// `server.idle_timeout`: between requests of a connection.
    public var idleTimeout = Duration.seconds(60)
    /// `server.min_rate`: bytes a second below which a transfer ends, in either direction; 0 is no limit.
    public var minRate: Int64 = 1024
    /// `server.min_rate_window`: over which that rate is measured.
    public var minRateWindow = Duration.seconds(30)
    /// `server.max_connections`: more are accepted when others have gone.
    public var maxConnections = 4096

    /// `log.requests`: whether each request is a line of the log, at the level `info`.
    public var logsRequests = true

    /// The defaults.
    public init() {}

    /// Takes the settings that are in force; problems are kept by the reader.
    public init(reading settings: SettingsReader) {
        let day = Duration.seconds(86_400)
        self.host = settings.text("server.host", default: self.host)
        self.port = settings.integer("server.port", default: self.port, in: 0...65_535)
        self.allowsAnonymous = settings.boolean("server.allow_anonymous", default: self.allowsAnonymous)
        self.shutdownGrace = settings.duration("server.shutdown_grace", default: self.shutdownGrace, in: .zero...day)
        self.headerTimeout = settings.duration(
            "server.header_timeout",
            default: self.headerTimeout,
            in: .milliseconds(100)...day
        )
        self.idleTimeout = settings.duration(
            "server.idle_timeout",
            default: self.idleTimeout,
            in: .milliseconds(100)...day
        )
        self.minRate = settings.bytes("server.min_rate", default: self.minRate, in: 0...(1 << 40))
        self.minRateWindow = settings.duration(
            "server.min_rate_window",
            default: self.minRateWindow,
            in: .seconds(1)...day
        )
        self.maxConnections = settings.integer(
            "server.max_connections",
            default: self.maxConnections,
            in: 1...1_000_000
        )
        self.logsRequests = settings.boolean("log.requests", default: self.logsRequests)
        if !self.isLoopback, !self.allowsAnonymous {
            settings.refuse(
                "server.host",
                got: self.host,
                accepts:
                    "a loopback address such as 127.0.0.1; to let everybody who reaches another one read, write and "
                    + "delete, set server.allow_anonymous (--allow-anonymous)"
            )
        }
    }

    /// What concerns single connections.
    var connection: ConnectionConfiguration {
        var connection = ConnectionConfiguration()
        connection.headerTimeout = self.headerTimeout
        connection.idleTimeout = self.idleTimeout
        connection.minRate = Int(self.minRate)
        connection.minRateWindow = self.minRateWindow
        connection.serverName = PurserServer.name
        return connection
    }

    /// Whether only this machine can reach the server.
    var isLoopback: Bool { LoopbackHost.isLoopback(self.host) }
}
