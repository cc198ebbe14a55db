import GRDB
import Testing

@testable import PurserCatalog

@Suite
struct JobPlanTests {
    private func plan(_ query: JobQuery, _ catalog: Catalog) throws -> [String] {
        let count = query.rawValue.filter { $0 == "?" }.count
        let nothing = [DatabaseValue](repeating: .null, count: count)
        return try catalog.readers.read { db in
            let sql = "EXPLAIN QUERY PLAN " + query.rawValue
            return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(nothing)).map { $0["detail"] }
        }
    }

    /// Nothing is ever scanned or sorted that grows with the jobs.
    @Test(arguments: JobQuery.allCases)
    func everyQuerySearchesAnIndex(_ query: JobQuery) async throws {
        try await CatalogFixture.run { catalog in
            let plan = try self.plan(query, catalog)
            let ofAPage: Set = ["LIST SUBQUERY 1", "CORRELATED SCALAR SUBQUERY 1"]
            for step in plan where !ofAPage.contains(step) {
                #expect(step.hasPrefix("SEARCH "), "\(plan)")
            }
            #expect(!plan.isEmpty || query.rawValue.hasPrefix("INSERT"))
        }
    }

    @Test(arguments: [
        (JobQuery.nextJob, "jobTurn (turn>?)"), (.jobsInState, "jobState (state=? AND rowid<?)"),
        (.unlistedJob, "jobUnlisted (isListed=? AND rowid>?)"), (.queuedItems, "jobItemQueued (job=?)"),
        (.endedJobs, "jobEnded (endedAt<?)"), (.jobsToTell, "jobCallback (callbacksLeft>?)"),
        (.returnItems, "jobItemRunning (job=?)"), (.orphans, "derivedFileOrphan (isOrphan=?)"),
        (.nextJobOfClient, "jobClientTurn (client>?)"), (.putOffPipeline, "jobTurn (turn>?)"),
        (.nextPutOff, "jobWaiting (pipeline>?)"), (.takeBack, "jobWaiting (pipeline=? AND triesAt>? AND triesAt<?)"),
    ])
    func questionsAskedAgainAndAgainHaveAnIndexOfTheirOwn(_ query: JobQuery, _ index: String) async throws {
        try await CatalogFixture.run { catalog in
            let plan = try self.plan(query, catalog)
            #expect(plan.first?.hasSuffix(index) == true, "\(plan)")
        }
    }
}
