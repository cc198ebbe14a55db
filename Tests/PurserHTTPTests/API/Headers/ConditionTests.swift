import HTTPTypes
import NIOCore
import Purser
import Testing

@testable import PurserHTTP

/// Conditions of requests (RFC 9110 §13), weighed in the order of §13.2.2.
@Suite(.timeLimit(.minutes(1))) struct ConditionTests {
    private static let past = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let future = "Fri, 01 Jan 2100 00:00:00 GMT"
    private static let other = "\"0000000000000000000000000000000000000000000000000000000000000000\""

    /// Fields with `SELF` for the tag of the file and `NOW` for its date, and what comes of them.
    struct Case: Sendable, CustomTestStringConvertible {
        var fields: [String: String]
        var read: Int
        var write: Int

        init(_ fields: [String: String], read: Int, write: Int) {
            (self.fields, self.read, self.write) = (fields, read, write)
        }

        var testDescription: String {
            self.fields.map { "\($0.key): \($0.value.prefix(24))" }.sorted().joined(separator: "; ")
        }

        func fields(of file: APIAnswer) throws -> TestAPI.Fields {
            let etag = try #require(file.etag)
            let date = try #require(file["Last-Modified"])
            let values = self.fields.sorted { $0.key < $1.key }.map { name, value in
                (name, value.replacing("SELF", with: etag).replacing("NOW", with: date))
            }
            switch values.count {
            case 1: return [values[0].0: values[0].1]
            default: return [values[0].0: values[0].1, values[1].0: values[1].1]
            }
        }
    }

    static let cases: [Case] = [
        Case(["If-Match": "SELF"], read: 200, write: 200),
        Case(["If-Match": "*"], read: 200, write: 200),
        Case(["If-Match": "\(Self.other), SELF"], read: 200, write: 200),
        Case(["If-Match": "\"un,comm\\on\",SELF"], read: 200, write: 200),
        Case(["If-Match": Self.other], read: 412, write: 412),
        Case(["If-Match": "W/SELF"], read: 412, write: 412),
        Case(["If-Match": "\"\""], read: 412, write: 412),
        Case(["If-None-Match": "SELF"], read: 304, write: 412),
        Case(["If-None-Match": "W/SELF"], read: 304, write: 412),
        Case(["If-None-Match": "*"], read: 304, write: 412),
        Case(["If-None-Match": Self.other], read: 200, write: 200),
        Case(["If-None-Match": "\(Self.other), W/SELF"], read: 304, write: 412),
        Case(["If-Modified-Since": "NOW"], read: 304, write: 200),
        Case(["If-Modified-Since": Self.future], read: 304, write: 200),
        Case(["If-Modified-Since": Self.past], read: 200, write: 200),
        Case(["If-Modified-Since": "yesterday"], read: 200, write: 200),
        Case(["If-Unmodified-Since": "NOW"], read: 200, write: 200),
        Case(["If-Unmodified-Since": Self.future], read: 200, write: 200),
        Case(["If-Unmodified-Since": Self.past], read: 412, write: 412),
        Case(["If-Unmodified-Since": "Sunday, 06-Nov-94 08:49:37 GMT"], read: 412, write: 412),
        Case(["If-Unmodified-Since": "Sun Nov  6 08:49:37 1994"], read: 412, write: 412),
        Case(["If-Unmodified-Since": "1994-11-06T08:49:37Z"], read: 200, write: 200),
        Case(["If-Match": "SELF", "If-None-Match": "SELF"], read: 304, write: 412),
        Case(["If-Match": Self.other, "If-None-Match": Self.other], read: 412, write: 412),
        Case(["If-Match": "*", "If-None-Match": "*"], read: 304, write: 412),
        Case(["If-Match": "*", "If-None-Match": Self.other], read: 200, write: 200),
        Case(["If-Match": "SELF", "If-Unmodified-Since": Self.past], read: 200, write: 200),
        Case(["If-None-Match": Self.other, "If-Modified-Since": Self.future], read: 200, write: 200),
        Case(["If-None-Match": "SELF", "If-Modified-Since": Self.past], read: 304, write: 412),
        Case(["If-Unmodified-Since": Self.future, "If-None-Match": "SELF"], read: 304, write: 412),
        Case(["If-Unmodified-Since": Self.future, "If-None-Match": Self.other], read: 200, write: 200),
        Case(["If-Unmodified-Since": Self.past, "If-Modified-Since": Self.future], read: 412, write: 412),
    ]

    @Test func conditionDecidesWhatIsRead() async throws {
        try await TestAPI.run(forEach: Self.cases) { api, example in
            let file = try await api.store("a", "content")
            let fields = try example.fields(of: file)
            for method in [HTTPRequest.Method.get, .head] {
                let answer = try await api.file(method, "a", fields)
                #expect(answer.status == example.read, "\(example.testDescription)")
                #expect(answer.etag == file.etag)
                if answer.status == 412 { try answer.expectProblem(412, "precondition_failed") }
                guard answer.status == 304 else { continue }
                #expect(answer.bytes.isEmpty)
                #expect(answer["Last-Modified"] == file["Last-Modified"])
                #expect(answer["Content-Length"] == nil)
            }
        }
    }

    @Test func conditionDecidesWhatIsReplacedAndRemoved() async throws {
        try await TestAPI.run(forEach: Self.cases) { api, example in
            let file = try await api.store("a", "content")
            let fields = try example.fields(of: file)
            let target = TestAPI.target(of: "a")
            if example.write == 412 {
                try await api.expectRefused(412, "precondition_failed", .put, target, fields, "new")
                try await api.expectRefused(412, "precondition_failed", .delete, target, fields)
                let refused = try await api.file(.put, "a", fields, "new")
                #expect(refused.etag == file.etag)
                #expect(try await api.file(.get, "a").text == "content")
            } else {
                let put = try await api.file(.put, "a", fields, "content")
                #expect(put.status == 200, "\(example.testDescription)")
                // Its date is that of the replacement, which may be of the next second.
                let delete = try await api.file(.delete, "a", example.fields(of: put))
                #expect(delete.status == 204, "\(example.testDescription)")
            }
        }
    }

    @Test func conditionOnAnAbsentFileHoldsOnlyWhereItMayBeAbsent() async throws {
        try await TestAPI.run { api in
            let target = TestAPI.target(of: "absent")
            for fields: TestAPI.Fields in [["If-Match": "*"], ["If-Match": Self.other]] {
                try await api.expectRefused(412, "precondition_failed", .put, target, fields, "new")
                try await api.expectRefused(404, "file_not_found", .get, target, fields)
            }
            #expect(try await api.file(.put, "b", ["If-None-Match": "*"], "new").status == 201)
            #expect(try await api.file(.put, "c", ["If-None-Match": Self.other], "new").status == 201)
            #expect(try await api.file(.put, "d", ["If-Unmodified-Since": Self.past], "new").status == 201)
        }
    }

    @Test func malformedTagIsRefused() async throws {
        let cases: [String] = [
            "abc", "\"abc", "abc\"", "\"a\" \"b\"", "\"a\",", ",", "w/\"a\"", "", "*, \"a\"", "\"a\", *",
        ]
        try await TestAPI.run(forEach: cases) { api, value in
            try await api.store("a", "content")
            for name in ["If-Match", "If-None-Match"] {
                let target = TestAPI.target(of: "a")
                try await api.expectRefused(400, "invalid_condition", .get, target, [name: value])
                try await api.expectRefused(400, "invalid_condition", .put, target, [name: value], "new")
                try await api.expectRefused(400, "invalid_condition", .delete, target, [name: value])
            }
        }
    }

    @Test func ofManyThatCreateTheSameFileOneWins() async throws {
        try await TestAPI.run { api in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await api.file(.put, "one", ["If-None-Match": "*"], "content \(number)").status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 201 } == 1)
            #expect(statuses.count { $0 == 412 } == 19)
        }
    }
}
