import Foundation
import NIOCore
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Slow clients, against a server with little patience.
    @Suite(.timeLimit(.minutes(1)))
    struct DeadlineTests {
        @Test func silentConnectionIsClosedSilently() async throws {
            try await TestServer.run({ $0.headerTimeout = .milliseconds(200) }) { server in
                try await RawClient.connect(to: server.port) { client in
                    let rest = try await client.rest()
                    #expect(rest == "")
                }
            }
        }

        @Test(arguments: [false, true])
        func unfinishedHeadTimesOut(isSecond: Bool) async throws {
            try await TestServer.run({ $0.headerTimeout = .milliseconds(300) }) { server in
                try await RawClient.connect(to: server.port) { client in
                    if isSecond {
                        try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                        #expect(try await client.answer().body == "hello")
                    }
                    try await client.send("GET /hello HTTP/1.1\r\nHo")
                    let answer = try await client.answer()
                    #expect(answer.status == 408)
                    #expect(answer.body.contains(#""code":"request_timeout""#))
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test func idleConnectionIsClosedSilently() async throws {
            try await TestServer.run({ $0.idleTimeout = .milliseconds(200) }) { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await client.answer().body == "hello")
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test func waitingRequestOutlivesAllDeadlines() async throws {
            let hasty: (inout ConnectionConfiguration) -> Void = {
                $0.idleTimeout = .milliseconds(20)
                $0.headerTimeout = .milliseconds(20)
                $0.minRateWindow = .milliseconds(20)
            }
            try await TestServer.run(hasty) { server in
                try await RawClient.connect(to: server.port) { waiting in
                    try await waiting.send("PUT /gated HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
                    try await waiting.send(bytes: 100_000)
                    await server.events.arrived.reach(1)
                    for _ in 0..<10 {
                        // Each of these is one elapsed time-out of the server, on its own clock.
                        _ = try await RawClient.connect(to: server.port) { try await $0.rest() }
                    }
                    server.events.gate.open()
                    #expect(try await waiting.answer().body == "100000")
                }
            }
        }

        @Test func slowSenderIsFoundTooSlow() async throws {
            let hasty: (inout ConnectionConfiguration) -> Void = {
                $0.minRateWindow = .milliseconds(200)
                $0.slowGrace = .milliseconds(100)
            }
            try await TestServer.run(hasty) { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhello")
                    await server.events.left.reach(1)
                    #expect(server.events.firstReason == .tooSlow)
                    #expect(await client.drain().bytes == 0)
                }
            }
        }

        @Test func slowSenderCanBeToldSo() async throws {
            try await TestServer.run({ $0.minRateWindow = .milliseconds(200) }) { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("PUT /judged HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhello")
                    let answer = try await client.answer()
                    #expect(answer.status == 408)
                    #expect(answer["connection"] == "close")
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test func steadyReaderIsNotBlamedForWhatTheKernelHolds() async throws {
            let hasty: (inout ConnectionConfiguration) -> Void = {
                $0.headerTimeout = .milliseconds(50)
                $0.minRateWindow = .milliseconds(500)
            }
            try await TestServer.run(hasty) { server in
                try await RawClient.connect(to: server.port) { reader in
                    try await reader.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
                    for _ in 0..<30 {
                        #expect(try await reader.more())
                        // One elapsed time-out of the server, on its own clock.
                        _ = try await RawClient.connect(to: server.port) { try await $0.rest() }
                    }
                    #expect(server.events.left.count == 0)
                }
            }
        }

        @Test func slowReaderIsFoundTooSlow() async throws {
            let hasty: (inout ConnectionConfiguration) -> Void = {
                $0.minRateWindow = .milliseconds(200)
                $0.slowGrace = .milliseconds(100)
            }
            try await TestServer.run(hasty) { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
                    await server.events.left.reach(1)
                    #expect(server.events.firstReason == .tooSlow)
                    // The kernel takes a few MB; all else must not have been read ahead into memory.
                    #expect(server.events.sent.count < 256)
                    let end = await client.drain()
                    #expect(end.isReset)
                }
            }
        }
    }
}
