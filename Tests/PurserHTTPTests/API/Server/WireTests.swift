import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Answers as they come over a socket.
    @Suite(.timeLimit(.minutes(1))) struct WireTests {
        private static let file = "/v1/buckets/default/files/a"

        @Test func answersWithoutABodyKeepTheConnection() async throws {
            try await LiveAPI.run { api in
                try await api.store("a", "content")
                try await RawClient.connect(to: api.port) { client in
                    let head = try await client.call("HEAD", Self.file)
                    #expect(head.status == 200 && head["content-length"] == "7")
                    let etag = try #require(head["etag"])
                    let unchanged = try await client.call("GET", Self.file, ["If-None-Match: \(etag)"])
                    #expect(unchanged.status == 304 && unchanged["content-length"] == nil && unchanged["etag"] == etag)
                    let absent = try await client.call("HEAD", "/v1/buckets/default/files/absent")
                    #expect(absent.status == 404 && absent["x-request-id"] != nil)
                    let part = try await client.call("GET", Self.file, ["Range: bytes=2-4"])
                    #expect(part.status == 206 && part.body == "nte")
                    let deleted = try await client.call("DELETE", Self.file)
                    #expect(deleted.status == 204 && deleted["content-length"] == nil)
                    #expect(try await client.call("GET", Self.file).status == 404)
                    #expect(try await client.call("GET", "/healthz").status == 200)
                }
            }
        }

        @Test func metadataKeepsItsBytes() async throws {
            try await LiveAPI.run { api in
                let fields = ["X-Meta-Place: Zürich 🏔", "X-Meta-Empty:", "Content-Type: text/plain"]
                #expect(try await api.call("PUT", Self.file, fields, body: "content").status == 201)
                let answer = try await api.call("GET", Self.file)
                #expect(answer["x-meta-place"] == "Zürich 🏔")
                #expect(answer["x-meta-empty"] == "")
                #expect(answer["content-type"] == "text/plain")
            }
        }

        @Test func everyAnswerHasAnIdOfItsOwn() async throws {
            try await LiveAPI.run { api in
                var ids: Set<String> = []
                try await RawClient.connect(to: api.port) { client in
                    for target in ["/healthz", "/nowhere", Self.file, "/v1/operations?limit=0", "/v1/system"] {
                        let answer = try await client.call("GET", target)
                        ids.insert(try #require(answer["x-request-id"]))
                        #expect(answer["server"] == PurserServer.name)
                    }
                }
                #expect(ids.count == 5)
            }
        }
    }
}
