import Purser
import PurserIdentifiers
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Uploads of a content that the store has, announced by a client that waits to be asked for it.
    @Suite(.timeLimit(.minutes(1))) struct KnownContentTests {
        /// The SHA-256 of "hello", as `sha256sum` gives it.
        private static let digest = "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:"

        private func upload(
            _ key: String,
            to api: LiveAPI,
            length: Int = 5,
            digest: String = Self.digest,
            sendsBodyOnContinue body: String? = nil
        ) async throws -> RawAnswer {
            try await RawClient.connect(to: api.port) { client in
                let fields = ["Expect: 100-continue", "Repr-Digest: \(digest)"]
                try await client.beginUpload(key, length: length, fields)
                let answer = try await client.answer()
                guard answer.status == 100, let body else { return answer }
                try await client.send(body)
                return try await client.answer()
            }
        }

        @Test func contentThatIsHereIsNotAskedFor() async throws {
            try await LiveAPI.run { api in
                try await api.store("a", "hello")
                let answer = try await self.upload("b", to: api)
                #expect(answer.status == 201)
                #expect(answer.body.contains(#""deduplicated":true"#))
                #expect(answer["connection"] == "close", "the body may be on its way")
                try await RawClient.connect(to: api.port) { client in
                    try await client.request("GET", "/v1/buckets/default/files/b")
                    #expect(try await client.answer().body == "hello")
                }
                try await api.isAtRest()
            }
        }

        @Test func contentThatIsNotHereIsAskedFor() async throws {
            try await LiveAPI.run { api in
                #expect(try await self.upload("a", to: api).status == 100)
                try await api.isAtRest()
                let stored = try await self.upload("a", to: api, sendsBodyOnContinue: "hello")
                #expect(stored.status == 201)
                // Of another size it is no such content.
                let longer = try await self.upload("b", to: api, length: 6, sendsBodyOnContinue: "hello!")
                #expect(longer.status == 422 || longer.status == 400, "\(longer.status)")
                #expect(longer.body.contains("digest_mismatch"))
            }
        }

        @Test func contentThatNoFileHoldsAnyMoreIsAskedFor() async throws {
            try await LiveAPI.run { api in
                try await api.store("a", "hello")
                try await api.manager.delete(from: .default, key: try FileKey("a"))
                #expect(try await self.upload("b", to: api).status == 100)
            }
        }

        @Test func fileThatIsThereIsRefusedWithoutItsBody() async throws {
            try await LiveAPI.run { api in
                try await api.store("a", "hello")
                try await RawClient.connect(to: api.port) { client in
                    let fields = ["Expect: 100-continue", "Repr-Digest: \(Self.digest)", "If-None-Match: *"]
                    try await client.beginUpload("a", length: 5, fields)
                    #expect(try await client.answer().status == 412)
                }
            }
        }
    }
}
