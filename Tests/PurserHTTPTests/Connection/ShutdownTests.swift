import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    @Suite(.timeLimit(.minutes(1)))
    struct ShutdownTests {
        @Test func idleConnectionsCloseAndRunningRequestsAreAnswered() async throws {
            let events = TestServer.Events()
            let (ports, found) = AsyncStream.makeStream(of: Int.self)
            let app = TestServer.application(events: events) { found.yield($0.localAddress?.port ?? 0) }
            let group = ServiceGroup(configuration: .init(services: [app], logger: TestServer.logger))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let port = try #require(await ports.first { _ in true })
                try await RawClient.connect(to: port) { idle in
                    try await idle.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await idle.answer().body == "hello")
                    try await RawClient.connect(to: port) { busy in
                        try await busy.send("GET /gated HTTP/1.1\r\nHost: a\r\n\r\n")
                        await events.arrived.reach(1)
                        await group.triggerGracefulShutdown()
                        #expect(try await idle.rest() == "")
                        events.gate.open()
                        let answer = try await busy.answer()
                        #expect(answer.body == "hello")
                        #expect(answer["connection"] == "close")
                        #expect(try await busy.rest() == "")
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }
}
