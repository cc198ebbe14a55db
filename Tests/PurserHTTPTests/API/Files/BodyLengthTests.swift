import PurserIdentifiers
import HTTPTypes
import NIOCore
import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Bodies that are not as long as they should be.
    @Suite(.timeLimit(.minutes(1))) struct BodyLengthTests {
        @Test(arguments: [0, 10, 70_000])
        func bodyThatEndsEarlyIsNotStored(sent: Int) async throws {
            try await LiveAPI.run { api in
                try await api.store("a", "before")
                let before = try Footprint(of: api.manager)
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("a", length: 100_000, id: id)
                    try await client.send(bytes: sent)
                    try await api.isRunning(id)
                    try await client.closeSending()
                    // A client that closes its side is taken to have left.
                    try await client.answer().expectProblem(409, "operation_cancelled")
                }
                try await api.isAtRest()
                #expect(try Footprint(of: api.manager) == before)
                #expect(try api.operation(id).state == .cancelled)
                #expect(try await api.call("GET", "/v1/buckets/default/files/a").body == "before")
            }
        }

        @Test func bytesBehindTheBodyAreNotPartOfIt() async throws {
            try await LiveAPI.run { api in
                try await RawClient.connect(to: api.port) { client in
                    try await client.request("PUT", "/v1/buckets/default/files/a", body: "12345GET", length: 5)
                    #expect(try await client.answer().status == 201)
                    try await client.send(" /v1/buckets/default/files/a HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    #expect(try await client.answer().body == "12345")
                    try await client.request("PUT", "/v1/buckets/default/files/b", body: "12345rest\r\n\r\n", length: 5)
                    #expect(try await client.answer().status == 201)
                    try await client.answer().expectMalformed()
                    #expect(try await client.rest() == "")
                }
            }
        }

        @Test func tooLargeIsRefusedBeforeTheBody() async throws {
            try await LiveAPI.run({ $0.purser.resources.maxFileSize = 200_000 }) { api in
                let before = try Footprint(of: api.manager)
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("a", length: 200_001, ["Expect: 100-continue"])
                    let answer = try await client.answer()
                    try answer.expectProblem(413, "file_too_large")
                    #expect(answer["connection"] == "close")
                    #expect(try await client.rest() == "")
                }
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("a", length: .max)
                    try await client.answer().expectProblem(413, "file_too_large")
                }
                #expect(try Footprint(of: api.manager) == before)
            }
        }

        @Test(arguments: [200_000, 200_001, 5_000_000])
        func tooLargeIsFoundOutAsItComes(length: Int) async throws {
            try await LiveAPI.run({ $0.purser.resources.maxFileSize = 200_000 }) { api in
                let before = try Footprint(of: api.manager)
                try await RawClient.connect(to: api.port) { client in
                    let target = "/v1/buckets/default/files/a"
                    try await client.request("PUT", target, ["Transfer-Encoding: chunked"])
                    try await client.send(String(length, radix: 16) + "\r\n")
                    client.pour(bytes: length)
                    client.pour("\r\n0\r\n\r\n")
                    let answer = try await client.answer()
                    if length <= 200_000 {
                        #expect(answer.status == 201)
                        #expect(answer.body.contains(#""size":200000"#))
                    } else {
                        try answer.expectProblem(413, "file_too_large")
                        if length > 1_000_000 { #expect(answer["connection"] == "close") }
                    }
                }
                try await api.isAtRest()
                if length > 200_000 { #expect(try Footprint(of: api.manager) == before) }
            }
        }

        @Test(arguments: ["zz\r\n", "-1\r\n", "5\r\nhelloworld\r\n", "fffffffffffffffff\r\n", "5\r\nhello\r\nx\r\n"])
        func brokenChunkIsRefused(_ chunk: String) async throws {
            try await LiveAPI.run { api in
                let before = try Footprint(of: api.manager)
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    let fields = ["Transfer-Encoding: chunked", "X-Operation-Id: \(id)"]
                    try await client.request("PUT", "/v1/buckets/default/files/a", fields)
                    try await client.send("3\r\nabc\r\n" + chunk)
                    let answer = try await client.answer()
                    try answer.expectMalformed()
                    #expect(answer["connection"] == "close")
                    #expect(try await client.rest() == "")
                }
                try await api.isAtRest()
                #expect(try Footprint(of: api.manager) == before)
                #expect(try api.operation(id).error?.code == "malformed_request")
            }
        }

        @Test(arguments: [
            "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Content-Length: +5",
            "Content-Length: 5, 5", "Content-Length: -1", "Content-Length: 99999999999999999999",
            "Transfer-Encoding: chunked, identity",
        ])
        func unclearLengthIsRefused(_ fields: String) async throws {
            try await LiveAPI.run { api in
                let before = try Footprint(of: api.manager)
                let head = "PUT /v1/buckets/default/files/a HTTP/1.1\r\nHost: localhost\r\n"
                try await api.exchange(head + fields + "\r\n\r\nhello").expectMalformed()
                #expect(try Footprint(of: api.manager) == before)
            }
        }
    }
}

extension RawAnswer {
    /// The answer to what is no HTTP; the connection gives it, or the route.
    func expectMalformed(sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(self.status == 400, sourceLocation: sourceLocation)
        #expect(self["content-type"] == "application/problem+json", sourceLocation: sourceLocation)
        #expect(self["x-request-id"] != nil, sourceLocation: sourceLocation)
        #expect(self.body.contains(#""code":"malformed_request""#), sourceLocation: sourceLocation)
    }
}
