import HTTPTypes
import NIOCore
import Purser
import Testing

@testable import PurserHTTP

/// Names of buckets, as they stand in addresses.
@Suite(.timeLimit(.minutes(1))) struct BucketNameTests {
    static let invalid: [String] = [
        "ab", "Default", "a_b", "-abc", "abc-", ".abc", "abc.", "a..b", "127.0.0.1", "999.1.1.1", "xn--abc", "sthree-a",
        "abc-s3alias", "abc--ol-s3", String(repeating: "b", count: 64), "%64efaul%54", "caf%C3%A9", "a%2Fb", "%2e%2e",
        "a%00b",
        "%ff%fe%fd", "a%zzb", "abc%", "%F0%9F%A6%80", "abc%20",
    ]

    @Test func invalidNameIsRefusedByEveryCall() async throws {
        try await TestAPI.run(forEach: Self.invalid) { api, raw in
            let bucket = "/v1/buckets/\(raw)"
            try await api.expectRefused(400, "invalid_bucket_name", .put, bucket)
            try await api.expectRefused(400, "invalid_bucket_name", .get, bucket)
            try await api.expectRefused(400, "invalid_bucket_name", .head, bucket)
            try await api.expectRefused(400, "invalid_bucket_name", .delete, bucket)
            try await api.expectRefused(400, "invalid_bucket_name", .get, bucket + "/files")
            try await api.expectRefused(400, "invalid_bucket_name", .put, bucket + "/files/a", [:], "body")
            try await api.expectRefused(400, "invalid_bucket_name", .get, bucket + "/files/a")
            try await api.expectRefused(400, "invalid_bucket_name", .head, bucket + "/files/a")
            try await api.expectRefused(400, "invalid_bucket_name", .delete, bucket + "/files/a")
        }
    }

    @Test func emptyNameIsRefused() async throws {
        try await TestAPI.run { api in
            try await api.expectRefused(400, "invalid_bucket_name", .put, "/v1/buckets//files/files/a", [:], "body")
            try await api.expectRefused(404, "not_found", .put, "/v1/buckets//files/a", [:], "body")
        }
    }

    @Test func validNameIsTaken() async throws {
        let cases: [String] = ["abc", "a.b-c", "0.1.2", String(repeating: "b", count: 63)]
        try await TestAPI.run(forEach: cases) { api, name in
            let created = try await api.send(.put, "/v1/buckets/\(name)")
            #expect(created.status == 201)
            #expect(try created.json()["name"] == .string(name))
            #expect(try await api.send(.put, "/v1/buckets/\(name)").status == 200)
            #expect(try await api.send(.put, "/v1/buckets/\(name)/files/a", [:], "x").status == 201)
            #expect(try await api.send(.get, "/v1/buckets/\(name)/files/a").text == "x")
            try await api.expectRefused(409, "bucket_not_empty", .delete, "/v1/buckets/\(name)")
            #expect(try await api.send(.delete, "/v1/buckets/\(name)/files/a").status == 204)
            #expect(try await api.send(.delete, "/v1/buckets/\(name)").status == 204)
            try await api.expectRefused(404, "bucket_not_found", .get, "/v1/buckets/\(name)")
        }
    }

    @Test func absentBucketIsSaidToBeAbsent() async throws {
        try await TestAPI.run { api in
            let bucket = "/v1/buckets/absent"
            try await api.expectRefused(404, "bucket_not_found", .get, bucket)
            try await api.expectRefused(404, "bucket_not_found", .delete, bucket)
            try await api.expectRefused(404, "bucket_not_found", .get, bucket + "/files")
            try await api.expectRefused(404, "bucket_not_found", .put, bucket + "/files/a", [:], "body")
            try await api.expectRefused(404, "bucket_not_found", .get, bucket + "/files/a")
            try await api.expectRefused(404, "bucket_not_found", .delete, bucket + "/files/a")
            let copy: TestAPI.Fields = ["X-Copy-From": "absent/a"]
            try await api.expectRefused(404, "bucket_not_found", .put, "/v1/buckets/default/files/a", copy)
        }
    }
}
