import Foundation
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    @Suite(.timeLimit(.minutes(1)))
    struct AnswerTests {
        @Test func answerBeforeTheBodyCanBeReadByAClientThatSendsOn() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("PUT /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 300000000\r\n\r\n")
                    client.pour(bytes: 300_000_000)
                    let answer = try await client.answer()
                    #expect(answer.status == 503)
                    #expect(answer["connection"] == "close")
                    #expect(answer.body == "no")
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test func answerBeforeTheBodyCanBeReadByAClientThatSendsAllFirst() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("PUT /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
                    for _ in 0..<10 { try await client.send(bytes: 100_000) }
                    #expect(try await client.answer().status == 503)
                    #expect(await client.drain() == (0, false))
                }
            }
        }

        @Test func connectionIsKeptAfterAWholeRequest() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    for _ in 0..<3 {
                        try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                        let answer = try await client.answer()
                        #expect(answer.body == "hello")
                        #expect(answer["connection"] == nil)
                    }
                }
            }
        }

        @Test func requestsSentAheadAreAnsweredInOrder() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    let upload = "PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                    let get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
                    try await client.send(upload + get + upload + get)
                    for expected in ["5", "hello", "5", "hello"] {
                        #expect(try await client.answer().body == expected)
                    }
                    try await client.send(get + "nonsense\r\n\r\n")
                    #expect(try await client.answer().body == "hello")
                    #expect(try await client.answer().status == 400)
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test func requestsSentAheadOfAnEndAreAnswered() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    let get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
                    try await client.send(get + get + get)
                    try await client.closeSending()
                    for _ in 0..<3 { #expect(try await client.answer().body == "hello") }
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test(arguments: ["close", "Close", "CLOSE", "keep-alive, Close"])
        func closeIsHonouredInAnySpelling(value: String) async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: \(value)\r\n\r\n")
                    let answer = try await client.answer()
                    #expect(answer["connection"] == "close")
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test func oldClientsConnectionIsKeptOnlyIfItAsks() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    #expect(try await client.answer()["connection"] == "keep-alive")
                    try await client.send("GET /hello HTTP/1.0\r\n\r\n")
                    #expect(try await client.answer()["connection"] == "close")
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test func requestThatOffersAnUpgradeIsAnsweredPlainly() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send(
                        "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
                    )
                    let answer = try await client.answer()
                    #expect(answer.body == "hello")
                    #expect(answer["connection"] == "close")
                }
            }
        }

        @Test func headHasNoBody() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await client.answer(isHead: true)["content-length"] == "5")
                    try await client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await client.answer(isHead: true).status == 200)
                    try await client.send("GET /address HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await client.answer().body == "127.0.0.1")
                }
            }
        }

        @Test func fileIsSentWhole() async throws {
            let program = try TestServer.openProgram()
            let size = Int(try program.seekToEnd())
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await client.answer(isHead: true)["content-length"] == "\(size)")
                    try await client.send("GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    #expect(try await client.answer(isHead: true).status == 200)
                    let hash = try await client.drainBytes()
                    #expect(hash.count == size)
                    try program.seek(toOffset: 0)
                    #expect(try program.readToEnd().map { Array($0) == hash } == true)
                }
            }
        }

        @Test func abortedAnswerDoesNotLookComplete() async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("GET /cut HTTP/1.1\r\nHost: a\r\n\r\n")
                    let end = await client.drain()
                    #expect(end.isReset)
                    #expect(end.bytes < 300)
                    server.events.gate.open()
                }
            }
        }
    }
}
