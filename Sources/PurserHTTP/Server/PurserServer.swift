import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import Purser
import PurserOperations
public import ServiceLifecycle

/// The service over HTTP/1.1.
///
/// Translates between HTTP and the `FileStorageManager`, and decides nothing itself. Run it in a service group beside
/// the manager, the server last, so that it is the first to stop.
public struct PurserServer: Service {
    /// What the `Server` field says.
    public static let name = "purser/\(PurserVersion.current)"

    let manager: FileStorageManager
    let configuration: ServerConfiguration
    let logger: Logger
    private let onRequest: @Sendable (RequestRecord) -> Void
    private let onReady: @Sendable (_ url: String) async -> Void

    /// Describes a server.
    ///
    /// - Parameters:
    ///   - manager: The service.
    ///   - configuration: Address and limits.
    ///   - logger: For requests that fail by Purser's own fault.
    ///   - onReady: Called once with the base URL when requests are taken.
    ///   - onRequest: Told of each request once it is over, where ``ServerConfiguration/logsRequests`` is set; must be
    ///     quick. By itself a line of the log at the level `info`.
    public init(
        manager: FileStorageManager,
        configuration: ServerConfiguration,
        logger: Logger,
        onReady: @escaping @Sendable (_ url: String) async -> Void = { _ in },
        onRequest: (@Sendable (RequestRecord) -> Void)? = nil
    ) {
        self.manager = manager
        self.configuration = configuration
        self.logger = logger
        self.onRequest = onRequest ?? { logger.info("request", metadata: $0.metadata) }
        self.onReady = onReady
    }

    /// Serves until the service group shuts down.
    ///
    /// Then no connection is accepted any more, event streams end, waiting operations are refused, running ones get
    /// `server.shutdown_grace` to end, and the rest is cancelled.
    public func run() async throws {
        let application = self.application()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await gracefulShutdown()
                await self.manager.drain(grace: self.configuration.shutdownGrace)
            }
            group.addTask {
                await EventLoopWatch(group: .singletonMultiThreadedEventLoopGroup).run { delay in
                    self.manager.monitor.operations.performance.record(.eventLoopDelay, delay.exactSeconds)
                }
            }
            try await application.run()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// The server as Hummingbird knows it; tests run it in process.
    func application() -> Application<RouterResponder<PurserRequestContext>> {
        var connection = self.configuration.connection
        connection.traffic = self.manager.monitor.traffic
        return Application(
            responder: self.router().buildResponder(),
            server: PurserChannel.serverBuilder(configuration: connection),
            configuration: ApplicationConfiguration(
                address: .hostname(self.configuration.host, port: self.configuration.port),
                backlog: 1024,
                reuseAddress: true,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    min(self.configuration.maxConnections, OpenFileLimit.connections)
                )
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? self.configuration.port
                let host =
                    self.configuration.host.contains(":") ? "[\(self.configuration.host)]" : self.configuration.host
                let url = "http://\(host):\(port)"
                do {
                    try self.manager.announce(url: ServedURL.reachable(url))
                } catch {
                    // The service works; only who looks for it in its folder does not find it.
                    self.logger.warning("lock file not written", metadata: ["purser.error": "\(error)"])
                }
                await self.onReady(url)
            },
            logger: self.logger
        )
    }

    private func router() -> Router<PurserRequestContext> {
        let router = Router(context: PurserRequestContext.self)
        router.add(
            middleware: RequestLogMiddleware(onRequest: self.configuration.logsRequests ? self.onRequest : nil)
        )
        if OperationSpans.isEnabled { router.add(middleware: TracingMiddleware()) }
        router.add(middleware: ProblemMiddleware())
        if self.configuration.isLoopback {
            router.add(middleware: LoopbackHostMiddleware())
        }
        router.add(middleware: KnownMethodMiddleware())
        router.add(self.routes.map { $0.counted(by: self.manager) })
        return router
    }

    /// Every call of the API.
    var routes: [Route] {
        let streams = EventStreams()
        return BucketRoutes(manager: self.manager).routes
            + ListRoutes(manager: self.manager).routes
            + FileRoutes(manager: self.manager).routes
            + OperationRoutes(manager: self.manager, streams: streams).routes
            + SystemRoutes(manager: self.manager).routes
            + PerformanceRoutes(manager: self.manager).routes
            + AlertRoutes(manager: self.manager).routes
            + OptimizerRoutes(manager: self.manager).routes
            + JobRoutes(manager: self.manager, streams: streams).routes
            + PipelineRoutes(manager: self.manager).routes
            + OpenAPIRoutes().routes
    }
}
