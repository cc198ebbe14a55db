import Foundation
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    @Suite(.timeLimit(.minutes(1)))
    struct UploadTests {
        @Test(arguments: [0, 5, 4096, 300_000, 3_000_000])
        func admittedBodyArrivesWhole(length: Int) async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    for _ in 0..<3 {
                        try await client.send("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
                        try await client.send(bytes: length)
                        let answer = try await client.answer()
                        #expect(answer.status == 200)
                        #expect(answer.body == "\(length)")
                        #expect(answer["connection"] == nil)
                    }
                }
            }
        }

        @Test func chunkedBodyArrivesWhole() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("PUT /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n")
                    try await client.send("5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\n\r\n")
                    #expect(try await client.answer().body == "8")
                    try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await client.answer().body == "hello")
                }
            }
        }

        @Test func continueIsSentOnceAndOnlyAfterAdmission() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    let head = "PUT /gated HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n"
                    try await client.send(head)
                    await server.events.arrived.reach(1)
                    server.events.gate.open()
                    #expect(try await client.answer().status == 100)
                    try await client.send("hello")
                    let answer = try await client.answer()
                    #expect(answer.status == 200)
                    #expect(answer.body == "5")
                }
            }
        }

        @Test func refusedUploadIsNotToldToContinue() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send(
                        "PUT /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
                    )
                    let answer = try await client.answer()
                    #expect(answer.status == 503)
                    #expect(answer["connection"] == "close")
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test func otherExpectationFails() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send(
                        "PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: gold\r\n\r\nhello"
                    )
                    let answer = try await client.answer()
                    #expect(answer.status == 417)
                    #expect(answer.body.contains(#""code":"expectation_failed""#))
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test func oldClientIsNeverToldToContinue() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send(
                        "PUT /upload HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello"
                    )
                    #expect(try await client.answer().status == 200)
                }
            }
        }

        @Test func waitingUploadsStayInTheKernel() async throws {
            let waiting = 200
            try await TestServer.run { server in
                let before = try residentBytes()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<waiting {
                        group.addTask {
                            try await RawClient.connect(to: server.port) { client in
                                try await client.send(
                                    "PUT /gated HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n"
                                )
                                try await client.send(bytes: 4_000_000)
                                #expect(try await client.answer().body == "4000000")
                            }
                        }
                    }
                    await server.events.arrived.reach(waiting)
                    let after = try residentBytes()
                    // Both ends of all connections live in this process; without withholding it grows by four times as much.
                    #expect(after - before < 20_000_000, "grew by \(after - before)")
                    server.events.gate.open()
                    try await group.waitForAll()
                }
            }
        }

        @Test func bytesBehindAClosedWaitingUploadAreNotKept() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("PUT /gated HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
                    try await client.send(bytes: 90_000)
                    await server.events.arrived.reach(1)
                    try await client.closeSending()
                    await server.events.left.reach(1)
                    server.events.gate.open()
                    await server.events.broken.reach(1)
                    #expect(try await client.answer().status == 400)
                }
            }
        }
    }
}

/// What this process holds in memory.
func residentBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "")) * 1024
}
