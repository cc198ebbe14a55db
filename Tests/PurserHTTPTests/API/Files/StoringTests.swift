import Foundation
import HTTPTypes
import NIOCore
import Purser
import Testing

@testable import PurserHTTP

/// Files are stored, replaced and copied.
@Suite(.timeLimit(.minutes(1))) struct StoringTests {
    private static let large = String(repeating: "0123456789abcdef", count: 16_384)

    @Test func contentComesBackAsItWas() async throws {
        let cases: [String] = [
            "", "x", String(repeating: "i", count: 65_536), String(repeating: "r", count: 65_537), Self.large,
        ]
        try await TestAPI.run(forEach: cases) { api, content in
            let stored = try await api.file(.put, "dir/a.txt", ["Content-Type": "text/plain"], content)
            #expect(stored.status == 201)
            let document = try stored.json()
            #expect(document["bucket"] == .string("default"))
            #expect(document["key"] == .string("dir/a.txt"))
            #expect(document["size"] == .number(Double(content.utf8.count)))
            let sha256 = try #require(document["sha256"]?.text)
            #expect(stored.etag == "\"\(sha256)\"")
            #expect(document["etag"] == .string("\"\(sha256)\""))
            #expect(document["deduplicated"] == .bool(false))
            #expect(document["created_at"] == document["modified_at"])
            let get = try await api.file(.get, "dir/a.txt")
            #expect(get.status == 200)
            #expect(get.text == content)
            #expect(get.etag == stored.etag)
            #expect(get["Last-Modified"] == stored["Last-Modified"])
            #expect(get["Content-Type"] == "text/plain")
            #expect(get["Accept-Ranges"] == "bytes")
            #expect(get["X-Content-Type-Options"] == "nosniff")
            #expect(get["Content-Security-Policy"] == "sandbox")
            let head = try await api.file(.head, "dir/a.txt")
            #expect(head.status == 200)
            #expect(head.bytes.isEmpty)
            #expect(head["Content-Length"] == "\(content.utf8.count)")
            #expect(head["Repr-Digest"] == get["Repr-Digest"])
            #expect(head.etag == stored.etag)
            #expect(try await api.file(.delete, "dir/a.txt").status == 204)
        }
    }

    @Test func sameContentIsKeptOnce() async throws {
        try await TestAPI.run { api in
            for content in ["small", Self.large] {
                let key = "\(content.utf8.count)"
                #expect(try await api.store("\(key)-1", content).json()["deduplicated"] == .bool(false))
                let before = try Footprint(of: api.manager)
                #expect(try await api.store("\(key)-2", content).json()["deduplicated"] == .bool(true))
                #expect(try await api.store("\(key)-2", content).json()["deduplicated"] == .bool(true))
                let after = try Footprint(of: api.manager)
                #expect(after.paths == before.paths)
                #expect(after.totals.physicalBytes == before.totals.physicalBytes)
                #expect(after.totals.logicalBytes == before.totals.logicalBytes + Int64(content.utf8.count))
            }
        }
    }

    @Test func emptyContentIsNeverCalledADuplicate() async throws {
        try await TestAPI.run { api in
            for key in ["a", "b", "a"] {
                let stored = try await api.store(key, "")
                #expect(try stored.json()["deduplicated"] == .bool(false))
            }
            #expect(try await api.file(.put, "c").status == 201)
            #expect(try await api.file(.get, "c")["Content-Length"] == "0")
        }
    }

    @Test func replacedFileKeepsItsBirth() async throws {
        try await TestAPI.run { api in
            let first = try await api.file(.put, "a", ["X-Meta-N": "1", "Content-Type": "text/plain"], "one").json()
            try await eventually("the clock goes on") {
                first["created_at"]?.text != Date().rfc3339
            }
            let answer = try await api.file(.put, "a", [:], "two")
            #expect(answer.status == 200)
            let second = try answer.json()
            #expect(second["created_at"] == first["created_at"])
            #expect(second["modified_at"] != first["modified_at"])
            #expect(second["metadata"] == .object([:]))
            #expect(second["content_type"] == .string("application/octet-stream"))
            #expect(try await api.file(.get, "a").text == "two")
        }
    }

    @Test func copyMovesNoBytes() async throws {
        try await TestAPI.run { api in
            let fields: TestAPI.Fields = ["Content-Type": "text/plain", "X-Meta-N": "1"]
            let source = try await api.store("Straße/100%/a b", Self.large, fields)
            #expect(try await api.send(.put, "/v1/buckets/other").status == 201)
            let before = try Footprint(of: api.manager)
            let from = "default/Stra%C3%9Fe/100%25/a%20b"
            let copy = try await api.send(.put, "/v1/buckets/other/files/copy", ["X-Copy-From": from])
            #expect(copy.status == 201, "\(copy.text)")
            let document = try copy.json()
            #expect(copy.etag == source.etag)
            #expect(document["bucket"] == .string("other"))
            #expect(document["content_type"] == .string("text/plain"))
            #expect(document["metadata"] == .object(["n": .string("1")]))
            #expect(document["deduplicated"] == .bool(true))
            #expect(try Footprint(of: api.manager).paths == before.paths)
            #expect(try await api.send(.get, "/v1/buckets/other/files/copy").text == Self.large)
            let slash = try await api.send(.put, "/v1/buckets/other/files/copy", ["X-Copy-From": "/" + from])
            #expect(slash.status == 200)
        }
    }

    @Test func copyOntoItselfChangesWhatIsSaidOfIt() async throws {
        try await TestAPI.run { api in
            try await api.store("a", "content", ["X-Meta-N": "1"])
            let same = try await api.file(.put, "a", ["X-Copy-From": "default/a"])
            #expect(same.status == 200)
            #expect(try same.json()["metadata"] == .object(["n": .string("1")]))
            let other = try await api.file(.put, "a", ["X-Copy-From": "default/a", "X-Meta-N": "2"])
            #expect(try other.json()["metadata"] == .object(["n": .string("2")]))
            #expect(try await api.file(.get, "a").text == "content")
        }
    }

    @Test func copyObeysConditions() async throws {
        try await TestAPI.run { api in
            try await api.store("a", "one")
            try await api.store("b", "two")
            let fields: TestAPI.Fields = ["X-Copy-From": "default/a", "If-None-Match": "*"]
            try await api.expectRefused(412, "precondition_failed", .put, TestAPI.target(of: "b"), fields)
            #expect(try await api.file(.put, "c", fields).status == 201)
        }
    }

    @Test func failedReplacementLeavesTheFile() async throws {
        try await TestAPI.run({ $0.resources.maxFileSize = 300_000 }) { api in
            let target = TestAPI.target(of: "a")
            for content in ["small", Self.large] {
                try await api.store("a", content)
                let tooLarge = String(repeating: "x", count: 300_001)
                try await api.expectRefused(413, "file_too_large", .put, target, [:], tooLarge)
                let wrong: TestAPI.Fields = ["Repr-Digest": "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"]
                try await api.expectRefused(422, "digest_mismatch", .put, target, wrong, Self.large + "x")
                #expect(try await api.file(.get, "a").text == content)
            }
        }
    }

    @Test func downloadIsNamed() async throws {
        try await TestAPI.run { api in
            let names = [
                ("dir/plain.txt", "plain.txt"), ("dir/Müller \"x\".pdf", "M%C3%BCller%20%22x%22.pdf"),
                ("a\\..\\b", "a%5C..%5Cb"),
                ("//", "file"),
            ]
            for (key, name) in names {
                try await api.store(key, "content")
                let answer = try await api.send(.get, TestAPI.target(of: key) + "?download")
                #expect(answer["Content-Disposition"] == "attachment; filename*=UTF-8''\(name)")
                #expect(try await api.file(.get, key)["Content-Disposition"] == nil)
            }
        }
    }
}
