import Foundation
import GRDB
import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct ResultTests {
    private func result(_ number: Int, bytes: Int64 = 10, pipeline: String = "p", at second: Int = 0) -> ResultRecord {
        ResultRecord(
            key: ResultKey(.sample(number)),
            pipeline: pipeline,
            content: .sample(number % 10),
            bytes: bytes,
            document: "document \(number)",
            createdAt: .second(second),
            usedAt: .second(second)
        )
    }

    @Test
    func resultsAreKeptReplacedAndForgotten() async throws {
        try await CatalogFixture.run { catalog in
            #expect(try catalog.resultTotals() == ResultTotals(count: 0, bytes: 0))
            let one = try await catalog.keepResult(self.result(1))
            #expect(one == ResultTotals(count: 1, bytes: 10))
            #expect(try catalog.result(ResultKey(.sample(1))) == self.result(1))
            #expect(try catalog.result(ResultKey(.sample(2))) == nil)
            let replaced = try await catalog.keepResult(self.result(1, bytes: 7, at: 5))
            #expect(replaced == ResultTotals(count: 1, bytes: 7))
            #expect(try catalog.result(ResultKey(.sample(1))) == self.result(1, bytes: 7, at: 5))
            _ = try await catalog.keepResult(self.result(2, bytes: 3))
            let left = try await catalog.forgetResults([ResultKey(.sample(1)), ResultKey(.sample(9))])
            #expect(left == ResultTotals(count: 1, bytes: 3))
            #expect(try !catalog.isResultKept(ResultKey(.sample(1))))
            #expect(try catalog.isResultKept(ResultKey(.sample(2))))
        }
    }

    @Test
    func usesCountAndMoveAResultBack() async throws {
        try await CatalogFixture.run { catalog in
            for number in 1...4 { _ = try await catalog.keepResult(self.result(number, at: number)) }
            try await catalog.noteResultUses([
                ResultKey(.sample(1)): ResultUses(hits: 3, usedAt: .second(9)),
                // An older use than the one that is known, and one of a result that is gone.
                ResultKey(.sample(3)): ResultUses(hits: 1, usedAt: .second(0)),
                ResultKey(.sample(99)): ResultUses(hits: 1, usedAt: .second(9)),
            ])
            catalog.noteResultUsesLater([ResultKey(.sample(1)): ResultUses(hits: 1, usedAt: .second(10))])
            _ = try await catalog.keepResult(self.result(5, at: 5))
            let used = try #require(try catalog.result(ResultKey(.sample(1))))
            #expect(used.hits == 4)
            #expect(used.usedAt == .second(10))
            #expect(try catalog.result(ResultKey(.sample(3)))?.usedAt == .second(3))
            let least = try catalog.leastUsedResults(limit: 3)
            #expect(least.map(\.key.digest) == [.sample(2), .sample(3), .sample(4)])
            let last = try catalog.lastUsedResults(since: .second(4), limit: 9)
            #expect(last.map(\.key.digest) == [.sample(1), .sample(5), .sample(4)])
            #expect(last.map(\.hits) == [4, 0, 0])
        }
    }

    @Test
    func resultsAreFoundByAgeAndContent() async throws {
        try await CatalogFixture.run { catalog in
            for number in 1...3 { _ = try await catalog.keepResult(self.result(number, at: number)) }
            _ = try await catalog.keepResult(self.result(11, at: 1))
            _ = try await catalog.keepResult(self.result(21, pipeline: "q", at: 1))
            let old = try catalog.results(madeBefore: .second(2), limit: 9)
            #expect(Set(old.map(\.key.digest)) == [.sample(1), .sample(11), .sample(21)])
            let ofContent = try catalog.results(of: "p", for: .sample(1), limit: 9)
            #expect(Set(ofContent.map(\.key.digest)) == [.sample(1), .sample(11)])
            #expect(try catalog.results(of: "p", for: .sample(1), limit: 1).count == 1)
        }
    }

    /// Nothing is ever scanned or sorted that grows with the store.
    @Test(arguments: ResultQuery.allCases)
    func everyQuerySearchesAnIndex(_ query: ResultQuery) async throws {
        try await CatalogFixture.run { catalog in
            let count = query.rawValue.filter { $0 == "?" }.count
            let nothing = StatementArguments([DatabaseValue](repeating: .null, count: count))
            let plan = try catalog.readers.read { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + query.rawValue, arguments: nothing).map {
                    $0["detail"] as String
                }
            }
            #expect(!plan.isEmpty || query.rawValue.hasPrefix("INSERT"))
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH ") }, "\(plan)")
        }
    }
}
