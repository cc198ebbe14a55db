import HTTPTypes
import NIOCore
import Purser
import Testing

@testable import PurserHTTP

/// Digests that a client announces of what it sends (RFC 9530).
@Suite(.timeLimit(.minutes(1))) struct DigestTests {
    private static let body = "the content"
    private static let sha256 = "sha-256=:blaeBctvhghXLHnWOzZdwxYXv4TXOT0sudLx/+Dt+Vs=:"
    private static let sha512 =
        "sha-512=:jEPKLlYnkTuJZGuJsUWj4Bbwa+rjTb6j43heU7XGNe7dttu3dR0Q1ljqjXT4"
        + "/v7+RRQt6z+lYd3smLrsErPJbg==:"
    /// Of `other`.
    private static let otherSHA256 = "sha-256=:2SmKENGwc1g33EvYXaxkGw887yekfl1TpU8vP1svz/o=:"
    private static let otherSHA512 =
        "sha-512=:4lrDhF+MvhKAGi36WonUxV3EeQDztu3Jqe5ZDzwrkxL2ZdADnJOCi3tY8zlQ"
        + "vIF6CVWpxQAKjT4oBWnwh0XKaA==:"

    /// The fields of a request; several of one name are several lines.
    struct Fields: Sendable, CustomTestStringConvertible {
        var fields: TestAPI.Fields

        init(_ fields: TestAPI.Fields) { self.fields = fields }
        var testDescription: String { self.fields.map { "\($0.key): \($0.value.prefix(30))" }.joined(separator: "; ") }
    }

    @Test func rightOrUnknownDigestIsTaken() async throws {
        let cases: [Fields] = [
            Fields(["Repr-Digest": Self.sha256]),
            Fields(["Content-Digest": Self.sha256]),
            Fields(["Repr-Digest": Self.sha512]),
            Fields(["Repr-Digest": "\(Self.sha512), \(Self.sha256)"]),
            Fields(["Repr-Digest": Self.sha256, "Content-Digest": Self.sha256]),
            Fields(["Repr-Digest": Self.sha256, "repr-digest": Self.sha512]),
            Fields(["Repr-Digest": "md5=:AAAA:, unixsum=:AA==:, \(Self.sha256)"]),
            Fields(["Repr-Digest": "sha=:AAAA:"]),
            Fields(["Repr-Digest": "\(Self.sha256);q=1"]),
        ]
        try await TestAPI.run(forEach: cases) { api, fields in
            try await api.store("a", Self.body, fields.fields)
            #expect(try await api.file(.get, "a")["Repr-Digest"] == Self.sha256)
        }
    }

    @Test func wrongDigestIsRefused() async throws {
        let cases: [Fields] = [
            Fields(["Repr-Digest": Self.otherSHA256]),
            Fields(["Content-Digest": Self.otherSHA256]),
            Fields(["Repr-Digest": Self.otherSHA512]),
            Fields(["Repr-Digest": "\(Self.sha256), \(Self.otherSHA512)"]),
            Fields(["Repr-Digest": Self.sha512, "Content-Digest": Self.otherSHA256]),
        ]
        try await TestAPI.run(forEach: cases) { api, fields in
            try await api.store("a", "before")
            for body in [Self.body, String(repeating: Self.body, count: 20_000)] {
                try await api.expectRefused(422, "digest_mismatch", .put, TestAPI.target(of: "a"), fields.fields, body)
            }
            #expect(try await api.file(.get, "a").text == "before")
        }
    }

    @Test func digestThatCannotBeUnderstoodIsRefused() async throws {
        let cases: [Fields] = [
            Fields(["Repr-Digest": "sha-256"]),
            Fields(["Repr-Digest": "sha-256=abc"]),
            Fields(["Repr-Digest": "sha-256=\"abc\""]),
            Fields(["Repr-Digest": "sha-256=:AAAA:"]),
            Fields(["Repr-Digest": "sha-256=::"]),
            Fields(["Repr-Digest": "sha-256=:%%%:"]),
            Fields(["Repr-Digest": "sha-256=(:AAAA:)"]),
            Fields(["Repr-Digest": "sha-512=:AAAA:"]),
            Fields(["Repr-Digest": "SHA-256=:AAAA:"]),
            Fields(["Repr-Digest": "=:AAAA:"]),
            Fields(["Content-Digest": "sha-256=:AAAA"]),
            Fields(["Content-Digest": "\(Self.sha256),"]),
            Fields(["Repr-Digest": Self.sha256, "Content-Digest": Self.otherSHA256]),
            Fields(["Repr-Digest": Self.sha512, "Content-Digest": Self.otherSHA512]),
        ]
        try await TestAPI.run(forEach: cases) { api, fields in
            let target = TestAPI.target(of: "a")
            try await api.expectRefused(400, "invalid_digest", .put, target, fields.fields, Self.body)
        }
    }
}
