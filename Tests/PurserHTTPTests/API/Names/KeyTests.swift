import Purser
import HTTPTypes
import NIOCore
import Testing

@testable import PurserHTTP

/// Keys, as they stand in addresses.
@Suite(.timeLimit(.minutes(1))) struct KeyTests {
    private static let files = "/v1/buckets/default/files/"

    /// What is no key, as the part of the address behind `files/`.
    static let invalid: [String] = [
        "", "%00", "a%00b", "%0a", "%1F", "%7f", "%7F/x", "%", "a%", "a%2", "%zz", "%g1", "%1g", "%+1", "%2x", "%%34",
        "%ff", "%c0%af",
        "%C0%80",
        "%ed%a0%80", "%f4%90%80%80", "%e2%82", String(repeating: "k", count: 1025),
        String(repeating: "%61", count: 1025), String(repeating: "%c3%a9", count: 512) + "x",
        "?", "?download",
    ]

    @Test func invalidKeyIsRefusedByEveryMethod() async throws {
        try await TestAPI.run(forEach: Self.invalid) { api, raw in
            try await api.store("there", "already")
            try await api.expectRefused(400, "invalid_key", .put, Self.files + raw, [:], "body")
            try await api.expectRefused(400, "invalid_key", .get, Self.files + raw)
            try await api.expectRefused(400, "invalid_key", .head, Self.files + raw)
            try await api.expectRefused(400, "invalid_key", .delete, Self.files + raw)
        }
    }

    /// A key, and other ways to write it in an address than the one that encodes all but unreserved characters.
    struct Valid: Sendable, CustomTestStringConvertible {
        var key: String
        var spellings: [String] = []

        var testDescription: String { self.key.count > 40 ? "\(self.key.prefix(40))…" : self.key }
    }

    static let valid: [Valid] = [
        Valid(key: "a", spellings: ["a", "%61"]),
        Valid(key: "..", spellings: ["..", "%2e%2e", "%2E."]),
        Valid(key: ".", spellings: [".", "%2e"]),
        Valid(key: "../../etc/passwd", spellings: ["../../etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd"]),
        Valid(key: "a/../b", spellings: ["a/../b", "a%2F..%2Fb"]),
        Valid(key: "a//b", spellings: ["a//b", "a%2F/b", "a%2f%2Fb"]),
        Valid(key: "/", spellings: ["/", "%2F", "%2f"]),
        Valid(key: "//", spellings: ["//", "%2F%2F", "/%2F"]),
        Valid(key: "///", spellings: ["///", "%2F%2F%2F"]),
        Valid(key: "/a", spellings: ["/a", "%2Fa"]),
        Valid(key: "a/", spellings: ["a/", "a%2F"]),
        Valid(key: "a//", spellings: ["a//"]),
        Valid(key: "trailing.", spellings: ["trailing."]),
        Valid(key: "trailing ", spellings: ["trailing%20"]),
        Valid(key: "a+b", spellings: ["a+b", "a%2Bb"]),
        Valid(key: "what?", spellings: ["what%3F"]),
        Valid(key: "a#b", spellings: ["a%23b"]),
        Valid(key: "100%", spellings: ["100%25"]),
        Valid(key: "%2F", spellings: ["%252F"]),
        Valid(key: "a:b;c=d,e@f!$&'()*", spellings: ["a:b;c=d,e@f!$&'()*"]),
        Valid(key: "back\\slash|pipe\"quote<>^`{}[]"),
        Valid(key: "files/files/files", spellings: ["files/files/files"]),
        Valid(key: "**", spellings: ["**", "%2A*"]),
        Valid(key: ":key", spellings: [":key"]),
        Valid(key: "${key}", spellings: ["%24%7Bkey%7D"]),
        Valid(key: "🦀/📄.pdf"),
        Valid(key: "caf\u{E9}"),
        Valid(key: "cafe\u{301}"),
        Valid(key: "\u{FEFF}bom\u{200B}\u{202E}"),
        Valid(key: "\u{80}\u{9F}"),
        Valid(key: String(repeating: "k", count: 1024)),
        Valid(key: String(repeating: "é", count: 512)),
        Valid(key: String(repeating: "/", count: 1024), spellings: [String(repeating: "/", count: 1024)]),
    ]

    @Test func validKeyIsKeptByteForByte() async throws {
        try await TestAPI.run(forEach: Self.valid) { api, valid in
            let plain = PercentEncoding.encode(valid.key)
            for spelling in [plain] + valid.spellings {
                let target = Self.files + spelling
                let put = try await api.send(.put, target, [:], "the content")
                #expect(put.status == 201, "\(spelling)")
                #expect(try Self.hasBytes(put.json()["key"], valid.key), "\(spelling)")
                let get = try await api.send(.get, Self.files + plain)
                #expect(get.text == "the content", "\(spelling)")
                let again = try await api.send(.get, target)
                #expect(again.text == "the content", "\(spelling)")
                let head = try await api.send(.head, target)
                #expect(head.status == 200 && head["Content-Length"] == "11", "\(spelling)")
                let list = try await api.send(.get, "/v1/buckets/default/files?prefix=\(plain)")
                let files = try #require(try list.json()["files"]).elements
                #expect(files.count == 1, "\(spelling)")
                #expect(Self.hasBytes(files.first?["key"], valid.key), "\(spelling)")
                #expect(try await api.send(.delete, target).status == 204, "\(spelling)")
                #expect(try await api.send(.get, Self.files + plain).status == 404, "\(spelling)")
            }
        }
    }

    /// Swift takes spellings of a letter for equal that are not.
    private static func hasBytes(_ value: JSONValue?, _ key: String) -> Bool {
        value?.text.map { Array($0.utf8) } == Array(key.utf8)
    }

    @Test func composedAndDecomposedLettersAreTwoKeys() async throws {
        try await TestAPI.run { api in
            try await api.store("caf\u{E9}", "composed")
            try await api.store("cafe\u{301}", "decomposed")
            #expect(try await api.file(.get, "caf\u{E9}").text == "composed")
            #expect(try await api.file(.get, "cafe\u{301}").text == "decomposed")
            #expect(try await api.send(.get, "/v1/buckets/default").json()["files"] == .number(2))
            #expect(try await api.file(.delete, "caf\u{E9}").status == 204)
            #expect(try await api.file(.get, "cafe\u{301}").text == "decomposed")
        }
    }

    @Test func keysWithinTheRouterAreToldApart() async throws {
        try await TestAPI.run { api in
            let keys = ["a", "/a", "a/", "//a", "a//", "/a/", "a/a", "a//a"]
            for key in keys { try await api.store(key, "content of \(key)") }
            for key in keys { #expect(try await api.file(.get, key).text == "content of \(key)") }
            #expect(try await api.send(.get, "/v1/buckets/default").json()["files"] == .number(Double(keys.count)))
        }
    }
}
