import GRDB
import Testing

@testable import PurserCatalog

@Suite
struct QueryPlanTests {
    private func plan(_ sql: String, _ catalog: Catalog) throws -> [String] {
        let count = sql.filter { $0 == "?" }.count
        let nothing = [DatabaseValue](repeating: .null, count: count)
        return try catalog.readers.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: StatementArguments(nothing)).map {
                $0["detail"]
            }
        }
    }

    /// `buckets` reads the whole table on purpose, in the order of its index.
    @Test(arguments: Query.allCases.filter { $0 != .buckets })
    func everyQuerySearchesAnIndex(_ query: Query) async throws {
        try await CatalogFixture.run { catalog in
            let plan = try self.plan(query.rawValue, catalog)
            #expect(!plan.isEmpty || query.rawValue.hasPrefix("INSERT"))
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH ") }, "\(plan)")
        }
    }

    @Test
    func bucketsComeInTheOrderOfTheirIndex() async throws {
        try await CatalogFixture.run { catalog in
            let plan = try self.plan(Query.buckets.rawValue, catalog)
            #expect(plan == ["SCAN bucket USING INDEX sqlite_autoindex_bucket_1"])
        }
    }

    @Test
    func listingSearchesByBucketAndBothBounds() async throws {
        try await CatalogFixture.run { catalog in
            let plan = try self.plan(Query.filesFrom.rawValue, catalog)
            #expect(plan.first == "SEARCH file USING PRIMARY KEY (bucket=? AND key>? AND key<?)")
            #expect(plan.count == 2)
        }
    }

    /// What SQLite asks itself before it deletes a row that others refer to.
    @Test(arguments: [
        "SELECT 1 FROM file WHERE blob = ?", "SELECT 1 FROM content WHERE blob = ?",
        "SELECT 1 FROM file WHERE bucket = ?",
    ])
    func foreignKeysAreCheckedByIndex(_ sql: String) async throws {
        try await CatalogFixture.run { catalog in
            let plan = try self.plan(sql, catalog)
            #expect(plan.count == 1)
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH ") }, "\(plan)")
        }
    }
}
