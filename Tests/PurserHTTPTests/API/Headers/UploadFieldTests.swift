import HTTPTypes
import NIOCore
import Purser
import Testing

@testable import PurserHTTP

/// Fields of an upload that are refused, or kept.
@Suite(.timeLimit(.minutes(1))) struct UploadFieldTests {
    private static let target = TestAPI.target(of: "a")

    @Test func codedContentIsRefused() async throws {
        let cases: [String] = ["gzip", "br", "GZIP", "identity, gzip", "zstd"]
        try await TestAPI.run(forEach: cases) { api, coding in
            let fields: TestAPI.Fields = ["Content-Encoding": coding]
            try await api.expectRefused(415, "unsupported_content_encoding", .put, Self.target, fields, "body")
        }
    }

    @Test func identityIsNoCoding() async throws {
        try await TestAPI.run { api in
            let answer = try await api.file(.put, "a", ["Content-Encoding": "identity"], "body")
            #expect(answer.status == 201)
        }
    }

    @Test func partOfAFileIsRefused() async throws {
        let cases: [String] = ["bytes 0-3/4", "bytes 0-3/*", "nonsense", ""]
        try await TestAPI.run(forEach: cases) { api, range in
            try await api.expectRefused(400, "partial_put", .put, Self.target, ["Content-Range": range], "body")
        }
    }

    @Test func malformedSourceOfACopyIsRefused() async throws {
        let cases: [String] = [
            "", "default", "/", "default/", "/default/", "default/%zz", "default/%ff", "%zz/a", "default/%00", "//a",
            "DEFAULT/a", "a/b",
            "default%2Fa", "default/" + String(repeating: "k", count: 1025),
        ]
        try await TestAPI.run(forEach: cases) { api, source in
            try await api.store("b", "content")
            let before = try Footprint(of: api.manager)
            let answer = try await api.file(.put, "a", ["X-Copy-From": source])
            #expect(answer.status == 400, "\(answer.text)")
            let code = try answer.json()["code"]?.text ?? ""
            #expect(["invalid_copy_source", "invalid_key", "invalid_bucket_name"].contains(code), "\(code)")
            try answer.expectProblem(400, code)
            #expect(try Footprint(of: api.manager) == before)
        }
    }

    @Test func copyOfAnAbsentFileIsRefused() async throws {
        try await TestAPI.run { api in
            let fields: TestAPI.Fields = ["X-Copy-From": "default/absent"]
            try await api.expectRefused(404, "file_not_found", .put, Self.target, fields)
        }
    }

    @Test func metadataIsKept() async throws {
        try await TestAPI.run { api in
            let fields: TestAPI.Fields = [
                "X-Meta-Author": "Ada", "x-meta-empty": "", "X-META-Note": "a, b; c=\"d\"", "X-Meta-Place": "Zürich 🏔",
                "Content-Type": "text/plain; charset=utf-8",
            ]
            let stored = try await api.store("a", "content", fields)
            let kept: JSONValue = .object([
                "author": .string("Ada"), "empty": .string(""), "note": .string("a, b; c=\"d\""),
                "place": .string("Zürich 🏔"),
            ])
            #expect(try stored.json()["metadata"] == kept)
            #expect(try stored.json()["content_type"] == .string("text/plain; charset=utf-8"))
            for answer in [try await api.file(.get, "a"), try await api.file(.head, "a")] {
                #expect(answer["X-Meta-Author"] == "Ada")
                #expect(answer["X-Meta-Empty"] == "")
                #expect(answer["X-Meta-Note"] == "a, b; c=\"d\"")
                #expect(answer["X-Meta-Place"] == "Zürich 🏔")
                #expect(answer["Content-Type"] == "text/plain; charset=utf-8")
            }
            let list = try await api.send(.get, "/v1/buckets/default/files")
            #expect(try list.json()["files"]?.elements.first?["metadata"] == kept)
        }
    }

    @Test func metadataIsBounded() async throws {
        try await TestAPI.run { api in
            let fits = String(repeating: "v", count: UserMetadata.maxBytes - 1)
            #expect(try await api.file(.put, "a", ["X-Meta-N": fits], "body").status == 201)
            let target = TestAPI.target(of: "b")
            try await api.expectRefused(400, "invalid_metadata", .put, target, ["X-Meta-N": fits + "v"], "body")
            let two: TestAPI.Fields = ["X-Meta-N": fits, "X-Meta-M": ""]
            try await api.expectRefused(400, "invalid_metadata", .put, target, two, "body")
        }
    }

    @Test func metadataNeedsNamesThatDiffer() async throws {
        try await TestAPI.run { api in
            let twice: TestAPI.Fields = ["X-Meta-A": "1", "x-meta-a": "2"]
            try await api.expectRefused(400, "invalid_metadata", .put, Self.target, twice, "body")
            try await api.expectRefused(400, "invalid_metadata", .put, Self.target, ["X-Meta-": "1"], "body")
            try await api.expectRefused(
                400,
                "invalid_metadata",
                .put,
                Self.target,
                ["X-Copy-From": "default/a", "X-Meta-": "1"]
            )
        }
    }
}
