import Foundation
import HTTPTypes
import NIOCore
import Purser
import Testing

@testable import PurserHTTP

/// Parts of a content (RFC 9110 §14).
@Suite(.timeLimit(.minutes(1))) struct RangeTests {
    private static let size = 100_000
    /// Ten bytes that tell where they stand, over and over; larger than what is kept in the catalog.
    private static let content = String((0..<Self.size / 10).map { String(format: "%09d,", $0) }.joined())

    struct Part: Sendable, CustomTestStringConvertible {
        var field: String
        var range: Range<Int>

        init(_ field: String, _ range: Range<Int>) { (self.field, self.range) = (field, range) }
        var testDescription: String { self.field }
    }

    @Test func partIsSent() async throws {
        let cases: [Part] = [
            Part("bytes=0-0", 0..<1),
            Part("bytes=0-99999", 0..<100_000),
            Part("bytes=99999-99999", 99_999..<100_000),
            Part("bytes=99999-", 99_999..<100_000),
            Part("bytes=0-", 0..<100_000),
            Part("bytes=12345-54320", 12_345..<54_321),
            Part("bytes=-1", 99_999..<100_000),
            Part("bytes=-100000", 0..<100_000),
            Part("bytes=-999999", 0..<100_000),
            Part("bytes=5-999999", 5..<100_000),
            Part("bytes=5-99999999999999999999999", 5..<100_000),
            Part("bytes=5-9223372036854775807", 5..<100_000),
            Part("bytes=-99999999999999999999999", 0..<100_000),
            Part("Bytes=1-2", 1..<3),
            Part("bytes= 1-2", 1..<3),
            Part("bytes=0001-0002", 1..<3),
        ]
        try await TestAPI.run(forEach: cases) { api, part in
            try await api.store("a", Self.content)
            let answer = try await api.file(.get, "a", ["Range": part.field])
            #expect(answer.status == 206)
            #expect(
                answer["Content-Range"] == "bytes \(part.range.lowerBound)-\(part.range.upperBound - 1)/\(Self.size)"
            )
            #expect(answer["Content-Length"] == "\(part.range.count)")
            #expect(answer.bytes == Array(Array(Self.content.utf8)[part.range]))
            let head = try await api.file(.head, "a", ["Range": part.field])
            #expect(head.status == 200 && head["Content-Length"] == "\(Self.size)")
            try await api.store("small", "0123456789")
            let small = part.range.lowerBound >= 10 && !part.field.contains("=-")
            #expect(try await api.file(.get, "small", ["Range": part.field]).status == (small ? 416 : 206))
        }
    }

    @Test func partBeyondTheEndIsRefused() async throws {
        let cases: [String] = ["bytes=100000-", "bytes=100000-100001", "bytes=99999999999999999999-", "bytes=-0"]
        try await TestAPI.run(forEach: cases) { api, field in
            let stored = try await api.store("a", Self.content)
            let target = TestAPI.target(of: "a")
            try await api.expectRefused(416, "range_not_satisfiable", .get, target, ["Range": field])
            let answer = try await api.file(.get, "a", ["Range": field])
            #expect(answer["Content-Range"] == "bytes */\(Self.size)")
            #expect(try await api.file(.head, "a", ["Range": field]).status == 200)
            let elsewhere = try await api.file(.get, "a", ["Range": field, "If-None-Match": try #require(stored.etag)])
            #expect(elsewhere.status == 304)
        }
    }

    @Test func malformedRangeIsRefused() async throws {
        let cases: [String] = [
            "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=2-1", "bytes=1-2-3", "bytes=--1", "bytes=+1-2",
            "bytes=1-0x2", "bytes=1-2,", "bytes=,1-2", "bytes=0-1,x", "bytes=1 - 2", "0-1", "bytes=1-2;3-4",
            "bytes=٣-٤",
        ]
        try await TestAPI.run(forEach: cases) { api, field in
            try await api.store("a", Self.content)
            try await api.expectRefused(400, "invalid_range", .get, TestAPI.target(of: "a"), ["Range": field])
        }
    }

    @Test func rangeThatIsNotServedGivesTheWhole() async throws {
        let cases: [String] = ["lines=1-2", "bytes=0-1,5-6", "bytes=0-1, 3-4, -5", "none=a"]
        try await TestAPI.run(forEach: cases) { api, field in
            try await api.store("a", Self.content)
            let answer = try await api.file(.get, "a", ["Range": field])
            #expect(answer.status == 200)
            #expect(answer.bytes.count == Self.size)
            #expect(answer["Content-Range"] == nil)
        }
    }

    @Test func emptyContentHasNoParts() async throws {
        try await TestAPI.run { api in
            try await api.store("empty", "")
            for field in ["bytes=0-0", "bytes=0-", "bytes=-1"] {
                let target = TestAPI.target(of: "empty")
                try await api.expectRefused(416, "range_not_satisfiable", .get, target, ["Range": field])
                #expect(try await api.file(.get, "empty", ["Range": field])["Content-Range"] == "bytes */0")
            }
        }
    }

    @Test func partIsSentOnlyOfTheContentThatTheClientHas() async throws {
        try await TestAPI.run { api in
            let stored = try await api.store("a", Self.content)
            let etag = try #require(stored.etag)
            let date = try #require(stored["Last-Modified"])
            for fresh in [etag, " \(etag) ", date] {
                let answer = try await api.file(.get, "a", ["Range": "bytes=1-2", "If-Range": fresh])
                #expect(answer.status == 206, "\(fresh)")
            }
            let stale = [
                "W/\(etag)", "\"other\"", "*", "garbage", "Sun, 06 Nov 1994 08:49:37 GMT",
                "Fri, 01 Jan 2100 00:00:00 GMT", "",
            ]
            for stale in stale {
                let answer = try await api.file(.get, "a", ["Range": "bytes=1-2", "If-Range": stale])
                #expect(answer.status == 200 && answer.bytes.count == Self.size, "\(stale)")
                let beyond = try await api.file(.get, "a", ["Range": "bytes=999999-", "If-Range": stale])
                #expect(beyond.status == 200, "\(stale)")
            }
        }
    }
}
