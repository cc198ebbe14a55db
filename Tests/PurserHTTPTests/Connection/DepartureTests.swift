import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Clients that leave before their answer.
    @Suite(.timeLimit(.minutes(1)))
    struct DepartureTests {
        enum Way: CaseIterable { case end, reset, close }

        private static func leave(_ client: RawClient, _ way: Way) async throws {
            switch way {
            case .end: try await client.closeSending()
            case .reset: try await client.reset()
            case .close: break
            }
        }

        @Test(arguments: Way.allCases)
        func whileWaitingForAdmission(way: Way) async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("PUT /gated HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n")
                    // No more than the kernel takes without a reader, so that an end can follow.
                    try await client.send(bytes: 90_000)
                    await server.events.arrived.reach(1)
                    #expect(server.events.left.count == 0)
                    try await Self.leave(client, way)
                    if way != .close { await server.events.left.reach(1) }
                }
                await server.events.left.reach(1)
                #expect(server.events.firstReason == .disconnected)
                server.events.gate.open()
            }
        }

        @Test(arguments: Way.allCases)
        func whileProcessing(way: Way) async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("GET /gated HTTP/1.1\r\nHost: a\r\n\r\n")
                    await server.events.arrived.reach(1)
                    #expect(server.events.left.count == 0)
                    try await Self.leave(client, way)
                    if way != .close { await server.events.left.reach(1) }
                }
                await server.events.left.reach(1)
                server.events.gate.open()
            }
        }

        @Test(arguments: Way.allCases)
        func withinTheBody(way: Way) async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
                    try await client.send(bytes: 500_000)
                    await server.events.arrived.reach(1)
                    try await Self.leave(client, way)
                    if way != .close { await server.events.left.reach(1) }
                }
                await server.events.left.reach(1)
                await server.events.broken.reach(1)
            }
        }

        @Test(arguments: Way.allCases)
        func withinTheDownload(way: Way) async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await client.more())
                    try await Self.leave(client, way)
                    if way != .close { await server.events.left.reach(1) }
                }
                await server.events.left.reach(1)
            }
        }
    }
}
