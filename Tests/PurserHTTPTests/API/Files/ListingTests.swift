import Foundation
import NIOCore
import PurserTestSupport
import HTTPTypes
import Purser
import Testing

@testable import PurserHTTP

/// Listings agree with a model of what is stored.
@Suite(.timeLimit(.minutes(1))) struct ListingTests {
    struct Listing: Equatable {
        var keys: [String] = []
        var prefixes: [String] = []
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func pagesAgreeWithAModel(seed: UInt64) async throws {
        try await TestAPI.run { api in
            var random = SeededGenerator(seed: seed)
            let parts = ["a", "b", "ab", "/", "//", "é", "e\u{301}", "🦀", "%", " "]
            var keys: Set<Data> = []
            for _ in 0..<60 {
                let key = (0..<Int.random(in: 1...5, using: &random)).compactMap { _ in
                    parts.randomElement(using: &random)
                }
                if keys.insert(Data(key.joined().utf8)).inserted { try await api.store(key.joined(), "x") }
            }
            for step in 0..<40 {
                let prefix = Bool.random(using: &random) ? "" : parts.randomElement(using: &random) ?? ""
                let delimiter = ["", "/", "//", "b", "🦀"].randomElement(using: &random) ?? ""
                let limit = Int.random(in: 1...20, using: &random)
                let expected = Self.model(keys, prefix, delimiter)
                let found = try await Self.pages(api, prefix, delimiter, limit)
                #expect(found == expected, "seed \(seed), step \(step): \(prefix) \(delimiter) \(limit)")
            }
        }
    }

    private static func model(_ keys: Set<Data>, _ prefix: String, _ delimiter: String) -> Listing {
        var listing = Listing()
        let (prefix, delimiter) = (Data(prefix.utf8), Data(delimiter.utf8))
        for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) where key.starts(with: prefix) {
            let rest = key.dropFirst(prefix.count)
            guard !delimiter.isEmpty, let found = rest.firstRange(of: delimiter) else {
                listing.keys.append(Self.hex(key))
                continue
            }
            let rolled = Self.hex(key[..<found.upperBound])
            if listing.prefixes.last != rolled { listing.prefixes.append(rolled) }
        }
        return listing
    }

    private static func pages(
        _ api: TestAPI,
        _ prefix: String,
        _ delimiter: String,
        _ limit: Int
    ) async throws -> Listing {
        var listing = Listing()
        let query =
            "prefix=\(PercentEncoding.encode(prefix))&delimiter=\(PercentEncoding.encode(delimiter))&limit=\(limit)"
        var cursor = ""
        while true {
            let answer = try await api.send(.get, "/v1/buckets/default/files?\(query)\(cursor)")
            try #require(answer.status == 200, "\(answer.text)")
            let page = try answer.json()
            let keys = page["files"]?.elements.compactMap { $0["key"]?.text } ?? []
            let prefixes = page["prefixes"]?.elements.compactMap(\.text) ?? []
            #expect(keys.count + prefixes.count <= limit)
            listing.keys += keys.map { Self.hex(Data($0.utf8)) }
            listing.prefixes += prefixes.map { Self.hex(Data($0.utf8)) }
            guard let next = page["next_cursor"]?.text else { return listing }
            #expect(keys.count + prefixes.count > 0)
            cursor = "&cursor=\(next)"
        }
    }

    /// Bytes as text, since Swift takes spellings of a letter for equal that are not.
    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0, radix: 16) }.joined(separator: " ")
    }

    @Test func plusInAQueryIsASpace() async throws {
        try await TestAPI.run { api in
            try await api.store("a b", "x")
            try await api.store("a+b", "x")
            let space = try await api.send(.get, "/v1/buckets/default/files?prefix=a+b").json()
            #expect(space["files"]?.elements.map { $0["key"]?.text } == ["a b"])
            let plus = try await api.send(.get, "/v1/buckets/default/files?prefix=a%2Bb").json()
            #expect(plus["files"]?.elements.map { $0["key"]?.text } == ["a+b"])
        }
    }

    @Test func countersAgreeWithWhatIsStored() async throws {
        try await TestAPI.run { api in
            let large = String(repeating: "l", count: 100_000)
            #expect(try await api.send(.put, "/v1/buckets/other").status == 201)
            try await api.store("a", "12345")
            try await api.store("b", "12345")
            try await api.store("c", large)
            try await api.store("empty", "")
            #expect(try await api.send(.put, "/v1/buckets/other/files/c", ["X-Copy-From": "default/c"]).status == 201)
            try await api.store("b", "1234567")
            #expect(try await api.file(.delete, "empty").status == 204)
            let storage = try #require(try await api.send(.get, "/v1/system").json()["storage"])
            #expect(storage["files"] == .number(4))
            #expect(storage["buckets"] == .number(2))
            #expect(storage["logical_bytes"] == .number(200_012))
            #expect(storage["distinct_bytes"] == .number(100_012))
            let bucket = try await api.send(.get, "/v1/buckets/default").json()
            #expect(bucket["files"] == .number(3))
            #expect(bucket["logical_bytes"] == .number(100_012))
            #expect(bucket["physical_bytes"] == .number(100_012))
            let buckets = try await api.send(.get, "/v1/buckets").json()["buckets"]?.elements
            #expect(buckets?.map { $0["name"]?.text } == ["default", "other"])
            // A content that both have counts in each.
            #expect(buckets?.map { $0["physical_bytes"] } == [.number(100_012), .number(100_000)])
            let usage = try #require(try await api.send(.get, "/v1/system").json()["resource_usage"])
            #expect(usage["active_operations"] == .number(0))
            #expect(usage["memory_reserved_bytes"] == .number(0))
            #expect(usage["kinds", "upload"]?["totals", "granted"] == .number(5))
        }
    }
}
