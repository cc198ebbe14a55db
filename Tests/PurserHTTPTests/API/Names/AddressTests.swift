import HTTPTypes
import NIOCore
import Purser
import Testing

@testable import PurserHTTP

/// What is done where: methods, unknown addresses, and parameters of the query.
@Suite(.timeLimit(.minutes(1))) struct AddressTests {
    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .put, .post, .delete, .options, .patch, .trace,
    ]

    /// An address that fits a route.
    private static func address(_ path: String) -> String {
        path.replacing(":bucket", with: "default").replacing("**", with: "some/key")
            .replacing(":id", with: "0192f0c1-2d3e-7abc-8def-0123456789ab")
    }

    @Test func wrongMethodIsToldTheRightOnes() async throws {
        try await TestAPI.run { api in
            var refused = 0
            for (path, routes) in Dictionary(grouping: api.server.routes, by: \.path) {
                var allowed = Set(routes.map(\.method.rawValue))
                if allowed.contains("GET") { allowed.insert("HEAD") }
                for method in Self.methods where !allowed.contains(method.rawValue) {
                    let answer = try await api.send(method, Self.address(path))
                    try answer.expectProblem(405, "method_not_allowed")
                    let told = (answer["Allow"] ?? "").split(separator: ", ").map(String.init)
                    #expect(told == allowed.sorted(), "\(method) \(path)")
                    refused += 1
                }
            }
            #expect(refused > 50)
        }
    }

    @Test func nothingIsAtAnUnknownAddress() async throws {
        let cases: [String] = [
            "/", "/v1", "/v1/", "/v2/buckets", "/v1/bucket", "/v1/buckets/default/filez", "/v1/buckets/default/filez/a",
            "/v1//buckets/default/files/a", "/v1/operations/0192f0c1-2d3e-7abc-8def-0123456789ab/future",
            "/favicon.ico",
            "/v1/BUCKETS", "/%761/buckets", "/healthz/x",
        ]
        try await TestAPI.run(forEach: cases) { api, target in
            for method in [HTTPRequest.Method.get, .put, .delete] {
                try await api.expectRefused(404, "not_found", method, target)
            }
        }
    }

    @Test func unknownMethodIsNotImplemented() async throws {
        let cases: [String] = ["PROPFIND", "MKCOL", "PURGE", "LOCK", "REPORT"]
        try await TestAPI.run(forEach: cases) { api, name in
            let method = try #require(HTTPRequest.Method(name))
            try await api.expectRefused(501, "not_implemented", method, "/v1/buckets/default/files/a")
            try await api.expectRefused(501, "not_implemented", method, "/nowhere")
        }
    }

    @Test func limitThatIsNoneIsRefused() async throws {
        let cases: [String] = ["0", "-1", "1001", "x", "", "1.5", "9999999999999999999999", "1e3", "%31%00", "0x10"]
        try await TestAPI.run(forEach: cases) { api, limit in
            for list in ["/v1/buckets/default/files", "/v1/operations"] {
                try await api.expectRefused(400, "invalid_parameter", .get, "\(list)?limit=\(limit)")
            }
        }
    }

    @Test func brokenQueryIsRefused() async throws {
        let cases: [String] = ["prefix=%zz", "prefix=%ff", "delimiter=%c0%af", "%=1", "limit=1&prefix=%"]
        try await TestAPI.run(forEach: cases) { api, query in
            try await api.expectRefused(400, "invalid_parameter", .get, "/v1/buckets/default/files?\(query)")
        }
    }

    @Test func overlongPrefixIsRefused() async throws {
        try await TestAPI.run { api in
            let long = String(repeating: "p", count: 1025)
            try await api.expectRefused(400, "invalid_parameter", .get, "/v1/buckets/default/files?prefix=\(long)")
            try await api.expectRefused(400, "invalid_parameter", .get, "/v1/buckets/default/files?delimiter=\(long)")
        }
    }

    @Test func cursorThatIsNoneIsRefused() async throws {
        let cases: [String] = [
            "x", "AAAA", "%F0%9F%A6%80", "a===", "////", "aGVsbG8gd29ybGQgaGVsbG8", String(repeating: "A", count: 4000),
        ]
        try await TestAPI.run(forEach: cases) { api, cursor in
            try await api.expectRefused(400, "invalid_cursor", .get, "/v1/buckets/default/files?cursor=\(cursor)")
            try await api.expectRefused(400, "invalid_cursor", .get, "/v1/operations?cursor=\(cursor)")
        }
    }

    @Test func cursorOfAnotherListingIsRefused() async throws {
        try await TestAPI.run { api in
            for key in ["a/1", "a/2", "b/1"] { try await api.store(key, key) }
            #expect(try await api.send(.put, "/v1/buckets/other").status == 201)
            let page = try await api.send(.get, "/v1/buckets/default/files?limit=1&prefix=a/")
            let cursor = try #require(try page.json()["next_cursor"]?.text)
            let same = "/v1/buckets/default/files?prefix=a/&cursor=\(cursor)"
            #expect(try await api.send(.get, same).json()["files"]?.elements.count == 1)
            for target in [
                "/v1/buckets/default/files?cursor=\(cursor)",
                "/v1/buckets/default/files?prefix=a&cursor=\(cursor)",
                "/v1/buckets/default/files?prefix=a/&delimiter=/&cursor=\(cursor)",
                "/v1/buckets/other/files?prefix=a/&cursor=\(cursor)",
            ] {
                try await api.expectRefused(400, "invalid_cursor", .get, target)
            }
        }
    }

    @Test func unknownFilterIsRefused() async throws {
        let cases: [String] = ["state=asleep", "state=", "kind=dance", "state=RUNNING"]
        try await TestAPI.run(forEach: cases) { api, query in
            try await api.expectRefused(400, "invalid_parameter", .get, "/v1/operations?\(query)")
        }
    }
}
