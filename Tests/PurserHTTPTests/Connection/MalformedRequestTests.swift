import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Bytes that are no acceptable request, as they come over a socket.
    @Suite(.timeLimit(.minutes(1)))
    struct MalformedRequestTests {
        struct Case: Sendable, CustomTestStringConvertible {
            var name: String
            var bytes: String
            var status: Int
            var code = "malformed_request"
            var testDescription: String { self.name }
        }

        private static func upload(_ fields: String, body: String = "hello", version: String = "1.1") -> String {
            "PUT /upload HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
        }

        static let cases: [Case] = [
            Case(name: "two lengths in one field", bytes: upload("Content-Length: 5, 5"), status: 400),
            Case(name: "same length twice", bytes: upload("Content-Length: 5\r\nContent-Length: 5"), status: 400),
            Case(name: "contradicting lengths", bytes: upload("Content-Length: 5\r\nContent-Length: 6"), status: 400),
            Case(name: "length with a plus", bytes: upload("Content-Length: +5"), status: 400),
            Case(name: "negative length", bytes: upload("Content-Length: -1"), status: 400),
            Case(name: "empty length", bytes: upload("Content-Length: "), status: 400),
            Case(name: "hexadecimal length", bytes: upload("Content-Length: 0x5"), status: 400),
            Case(name: "huge length", bytes: upload("Content-Length: 99999999999999999999999"), status: 400),
            Case(name: "length beyond 63 bits", bytes: upload("Content-Length: 9223372036854775808"), status: 400),
            Case(
                name: "length and coding",
                bytes: upload("Content-Length: 5\r\nTransfer-Encoding: chunked", body: "0\r\n\r\n"),
                status: 400
            ),
            Case(
                name: "coding and length",
                bytes: upload("Transfer-Encoding: chunked\r\nContent-Length: 5", body: "0\r\n\r\n"),
                status: 400
            ),
            Case(name: "chunked not last", bytes: upload("Transfer-Encoding: chunked, identity"), status: 400),
            Case(
                name: "chunked twice",
                bytes: upload("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", body: "0\r\n\r\n"),
                status: 400
            ),
            Case(name: "coding in HTTP/1.0", bytes: upload("Transfer-Encoding: chunked", version: "1.0"), status: 400),
            Case(name: "folded field", bytes: upload("X-A: b\r\n c"), status: 400),
            Case(name: "space before the colon", bytes: upload("Content-Length : 5"), status: 400),
            Case(name: "zero byte in a field", bytes: upload("X-A: b\0c"), status: 400),
            Case(name: "bare carriage return", bytes: upload("X-A: b\rX-B: c"), status: 400),
            Case(name: "field without a name", bytes: upload(": b"), status: 400),
            Case(name: "no host", bytes: "GET /hello HTTP/1.1\r\n\r\n", status: 400),
            Case(name: "two hosts", bytes: "GET /hello HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", status: 400),
            Case(name: "bare line feeds", bytes: "GET /hello HTTP/1.1\nHost: a\n\n", status: 400),
            Case(name: "TLS", bytes: "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}", status: 400),
            Case(name: "target without a slash", bytes: "GET hello HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
            Case(
                name: "HTTP/2 preface",
                bytes: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                status: 400
            ),
            Case(
                name: "version 3.0",
                bytes: "GET /hello HTTP/3.0\r\nHost: a\r\n\r\n",
                status: 505,
                code: "http_version_not_supported"
            ),
            Case(
                name: "unknown coding",
                bytes: upload("Transfer-Encoding: xchunked"),
                status: 501,
                code: "not_implemented"
            ),
            Case(
                name: "tunnel",
                bytes: "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
                status: 501,
                code: "not_implemented"
            ),
            Case(
                name: "target of 9,000 bytes",
                bytes: "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n",
                status: 414,
                code: "uri_too_long"
            ),
            Case(
                name: "target of 100,000 bytes",
                bytes: "GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
                status: 414,
                code: "uri_too_long"
            ),
            Case(
                name: "one field of 40,000 bytes",
                bytes: upload("X-A: \(String(repeating: "a", count: 40_000))"),
                status: 431,
                code: "headers_too_large"
            ),
            Case(
                name: "fields of 40,000 bytes together",
                bytes: upload(
                    (0..<40).map { "X-\($0): \(String(repeating: "a", count: 1000))" }.joined(separator: "\r\n")
                ),
                status: 431,
                code: "headers_too_large"
            ),
            Case(
                name: "101 fields",
                bytes: upload((0..<100).map { "X-\($0): a" }.joined(separator: "\r\n")),
                status: 431,
                code: "headers_too_large"
            ),
        ]

        @Test(arguments: cases)
        func isRefusedWithAProblemDocument(_ request: Case) async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send(request.bytes)
                    let answer = try await client.answer()
                    #expect(answer.status == request.status)
                    #expect(answer["content-type"] == "application/problem+json")
                    #expect(answer["connection"] == "close")
                    #expect(answer["x-request-id"]?.count == 36)
                    #expect(answer.body.contains(#""code":"\#(request.code)""#), "\(answer.body)")
                    #expect(try await client.rest() == "", "one answer, then the end")
                }
            }
        }

        @Test(arguments: [
            "xyz\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n", "fffffffffffffffff\r\nhello\r\n", "5\r\nhelloworld\r\n",
        ])
        func badChunkBreaksTheBody(_ chunks: String) async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send("PUT /gated HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                    await server.events.arrived.reach(1)
                    server.events.gate.open()
                    try await client.send(chunks)
                    await server.events.broken.reach(1)
                    let answer = try await client.answer()
                    #expect(answer.status == 400)
                    #expect(answer["connection"] == "close")
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test(arguments: [
            "GET http://a/hello HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET //// HTTP/1.1\r\nHost: \r\n\r\n", "GET /?%%% HTTP/1.1\r\nHost: a\r\n\r\n",
            "PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5 \r\n\r\nhello",
            "FOO /hello HTTP/1.1\r\nHost: a\r\n\r\n", "GET /h\u{e9}llo HTTP/1.1\r\nHost: a\r\n\r\n",
        ])
        func oddRequestIsAnsweredOnceAndBelow500(_ bytes: String) async throws {
            try await TestServer.run { server in
                try await RawClient.connect(to: server.port) { client in
                    try await client.send(bytes)
                    #expect((200..<500).contains(try await client.answer().status))
                    try await client.closeSending()
                    #expect(try await client.rest() == "")
                }
            }
        }
    }
}
