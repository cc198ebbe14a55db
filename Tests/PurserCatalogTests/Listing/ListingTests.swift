import Foundation
import GRDB
import GRDBSQLite
import PurserIdentifiers
import Synchronization
import Testing

@testable import PurserCatalog

@Suite
struct ListingTests {
    static let keys = [
        "a", "a/", "a//", "a//b", "a/b", "a/b/c", "a0", "a.", "..", "../..", "/", "//", "///x", "b", "b/1", "b/2",
        "b/2/3",
        "\u{e9}", "e\u{301}", "\u{e9}/x", "e\u{301}/x", "\u{1F600}", "\u{1F600}/\u{1F600}", "\u{10FFFF}",
        "\u{10FFFF}/a",
        "\u{10FFFF}\u{10FFFF}", "a\u{10FFFF}", "a\u{10FFFF}b", "ab", "abab", "ababab", "xABABy", " ", "%2F", "z--y--x",
        "\u{7ff}", "\u{800}", "\u{ffff}", "\u{ffff}-",
    ]

    /// What a listing must be, by the plainest means.
    struct Naive {
        enum Entry: Hashable { case file([UInt8]), prefix([UInt8]) }

        static func list(prefix: String, delimiter: String?) -> [Entry] {
            let prefix = Array(prefix.utf8)
            let delimiter = Array((delimiter ?? "").utf8)
            let keys = ListingTests.keys.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
            var entries: [Entry] = []
            for key in keys where key.starts(with: prefix) {
                var entry = Entry.file(key)
                if !delimiter.isEmpty, let range = key[prefix.count...].firstRange(of: delimiter) {
                    entry = .prefix(Array(key[..<range.upperBound]))
                }
                if entries.last != entry { entries.append(entry) }
            }
            return entries
        }
    }

    static let prefixes = ["", "a", "a/", "a//", "b/2", "e", "\u{e9}", "\u{10FFFF}", "..", "nothing", "ab", "/"]
    static let delimiters: [String?] = [nil, "", "/", "//", "--", "ab", "\u{10FFFF}", "\u{1F600}", "b"]

    @Test(arguments: Self.prefixes, Self.delimiters)
    func pagesTogetherAreWhatANaiveListingGives(_ prefix: String, _ delimiter: String?) async throws {
        try await CatalogFixture.run { catalog in
            for (number, key) in Self.keys.enumerated() {
                _ = try await catalog.commit(.sample(key, number))
            }
            let expected = Naive.list(prefix: prefix, delimiter: delimiter)
            for limit in [1, 2, 3, 1_000] {
                var entries: [Naive.Entry] = []
                var position: ListPosition?
                repeat {
                    let page = try catalog.list(
                        bucket: .default,
                        prefix: prefix,
                        delimiter: delimiter,
                        after: position,
                        limit: limit
                    )
                    #expect(page.files.count + page.prefixes.count <= limit)
                    let files = page.files.map { (Array($0.key.text.utf8), Naive.Entry.file(Array($0.key.text.utf8))) }
                    let prefixes = page.prefixes.map { (Array($0.utf8), Naive.Entry.prefix(Array($0.utf8))) }
                    entries += (files + prefixes).sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
                    try #require(entries.count <= expected.count, "the listing does not end")
                    position = page.next
                } while position != nil
                #expect(entries == expected, "limit \(limit)")
            }
        }
    }

    @Test
    func everyKeyIsDistinctInTheTest() {
        #expect(Set(Self.keys.map { Array($0.utf8) }).count == Self.keys.count)
    }

    @Test
    func listingGoesOnAfterAKeyThatIsNotThere() async throws {
        try await CatalogFixture.run { catalog in
            for key in ["a", "c", "e"] { _ = try await catalog.commit(.sample(key)) }
            func keys(after text: String) throws -> [String] {
                try catalog.list(bucket: .default, after: .key(Array(text.utf8)), limit: 9).files.map(\.key.text)
            }
            #expect(try keys(after: "b") == ["c", "e"])
            #expect(try keys(after: "c") == ["e"])
            #expect(try keys(after: "z") == [])
            #expect(try catalog.list(bucket: .default, after: .key([0xff, 0xff]), limit: 9) == ListPage())
            #expect(try catalog.list(bucket: .default, after: .prefix([0xff]), limit: 9) == ListPage())
        }
    }

    @Test
    func bucketsDoNotMix() async throws {
        try await CatalogFixture.run { catalog in
            let other = try BucketName("other")
            _ = try await catalog.createBucket(other, at: .second(1))
            _ = try await catalog.commit(.sample("a"))
            _ = try await catalog.commit(.sample("b", in: other))
            #expect(try catalog.list(bucket: .default, limit: 9).files.map(\.key.text) == ["a"])
            #expect(try catalog.list(bucket: other, limit: 9).files.map(\.bucket) == [other])
        }
    }

    @Test
    func commonPrefixCostsOneSearchWhateverLiesBeneath() async throws {
        var configuration = CatalogConfiguration()
        configuration.readers = 1
        try await CatalogFixture.run(configuration) { catalog in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<2_000 {
                    group.addTask { _ = try await catalog.commit(.sample("\(number % 4)/\(number)", 1)) }
                }
                try await group.waitForAll()
            }
            let searches = Counter()
            try catalog.readers.read { db in
                db.trace { event in
                    if "\(event)".contains("FROM file") { searches.count.add(1, ordering: .relaxed) }
                }
                Self.steps(db, startAnew: true)
            }
            let page = try catalog.list(bucket: .default, delimiter: "/", limit: 100)
            #expect(page.prefixes == ["0/", "1/", "2/", "3/"])
            #expect(searches.count.load(ordering: .relaxed) == 5)
            let steps = try catalog.readers.read { Self.steps($0) }
            #expect((1..<300).contains(steps), "\(steps) steps of SQLite's machine for 2,000 keys")
        }
    }

    @Test
    func lastPageCostsWhatTheFirstDoes() async throws {
        var configuration = CatalogConfiguration()
        configuration.readers = 1
        try await CatalogFixture.run(configuration) { catalog in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1_000..<4_000 {
                    group.addTask { _ = try await catalog.commit(.sample("\(number)", 1)) }
                }
                try await group.waitForAll()
            }
            func steps(after key: String) throws -> Int {
                try catalog.readers.read { _ = Self.steps($0, startAnew: true) }
                let page = try catalog.list(bucket: .default, after: .key(Array(key.utf8)), limit: 10)
                #expect(page.files.count == 10)
                return try catalog.readers.read { Self.steps($0) }
            }
            #expect(try steps(after: "0") == steps(after: "3980"))
        }
    }

    private final class Counter: Sendable {
        let count = Atomic<Int>(0)
    }

    /// Steps of SQLite's virtual machine that the listing's statement took.
    @discardableResult
    private static func steps(_ db: Database, startAnew: Bool = false) -> Int {
        let statement = try? db.cachedStatement(sql: Query.filesFrom.rawValue)  // the tests require more than 0
        return statement.map {
            Int(sqlite3_stmt_status($0.sqliteStatement, SQLITE_STMTSTATUS_VM_STEP, startAnew ? 1 : 0))
        } ?? 0
    }
}
