import GRDB
import Testing

@testable import PurserCatalog

@Suite
struct OptimizationPlanTests {
    private func plan(_ query: OptimizationQuery, _ catalog: Catalog) throws -> [String] {
        let count = query.rawValue.filter { $0 == "?" }.count
        let nothing = [DatabaseValue](repeating: .null, count: count)
        return try catalog.readers.read { db in
            let sql = "EXPLAIN QUERY PLAN " + query.rawValue
            return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(nothing)).map { $0["detail"] }
        }
    }

    /// Nothing is ever scanned or sorted that grows with the store; a page that was cut out before may be.
    @Test(arguments: OptimizationQuery.allCases)
    func everyQuerySearchesAnIndex(_ query: OptimizationQuery) async throws {
        try await CatalogFixture.run { catalog in
            let plan = try self.plan(query, catalog)
            let ofAPage: Set = ["SCAN (subquery-1)", "SCAN SUBQUERY 1", "CORRELATED SCALAR SUBQUERY 1"]
            let groups = query == .removalFigures ? ["USE TEMP B-TREE FOR GROUP BY"] : []
            for step in plan where !ofAPage.contains(step) && !groups.contains(step) {
                #expect(step.hasPrefix("SEARCH ") || step.hasPrefix("CO-ROUTINE"), "\(plan)")
            }
            #expect(!plan.isEmpty || query.rawValue.hasPrefix("INSERT"))
        }
    }

    @Test(arguments: [
        (OptimizationQuery.filesByModification, "fileModified ((modifiedAt,bucket,key)>(?,?,?) AND modifiedAt<?)"),
        (.filesByAccess, "fileAccessed ((accessedAt,bucket,key)>(?,?,?) AND accessedAt<?)"),
        (.blobsBySize, "blobSize (size<?)"), (.duplicatedBlobs, "blobDuplicate (<expr><?)"),
        (.damagedBlobs, "blobDamaged (damaged=? AND rowid>?)"),
    ])
    func pagesGoOnBehindAPosition(_ query: OptimizationQuery, _ index: String) async throws {
        try await CatalogFixture.run { catalog in
            let plan = try self.plan(query, catalog)
            #expect(plan.first?.hasSuffix(index) == true, "\(plan)")
        }
    }
}
