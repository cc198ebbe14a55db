import GRDB
import Testing

@testable import PurserCatalog

@Suite
struct MigrationTests {
    private static let steps = [
        Migration(version: 1, sql: "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7)"),
        Migration(version: 2, sql: "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1"),
    ]

    @Test
    func olderDatabaseKeepsItsRows() throws {
        let database = try DatabaseQueue()
        try database.inDatabase { (db) throws in
            #expect(try Array(Self.steps.prefix(1)).migrate(db) == 0)
            #expect(try Self.steps.migrate(db) == 1)
            #expect(try Self.steps.migrate(db) == 2)
            #expect(try Int.fetchAll(db, sql: "SELECT y FROM a") == [8])
        }
    }

    @Test
    func newerDatabaseIsLeftAlone() throws {
        let database = try DatabaseQueue()
        try database.inDatabase { (db) throws in
            try Self.steps.migrate(db)
            let error = #expect(throws: CatalogError.self) { try Array(Self.steps.prefix(1)).migrate(db) }
            #expect(error?.code == .newerFormat)
            #expect(try Int.fetchOne(db, sql: "PRAGMA user_version") == 2)
        }
    }

    @Test
    func failedStepChangesNothing() throws {
        let database = try DatabaseQueue()
        let broken = [Self.steps[0], Migration(version: 2, sql: "DROP TABLE a; INSERT INTO missing VALUES (1)")]
        try database.inDatabase { (db) throws in
            #expect(throws: DatabaseError.self) { try broken.migrate(db) }
            #expect(try Int.fetchOne(db, sql: "PRAGMA user_version") == 1)
            #expect(try Int.fetchAll(db, sql: "SELECT x FROM a") == [7])
        }
    }

    @Test
    func shippedStepsCountWithoutAGap() {
        #expect(Schema.migrations.map(\.version) == Array(1...Schema.migrations.count))
    }

    @Test
    func tablesAreStrict() throws {
        let database = try DatabaseQueue()
        try database.inDatabase { (db) throws in
            try Schema.migrations.migrate(db)
            let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM pragma_table_list WHERE strict")
            #expect((tables ?? 0) >= 14)
            let loose = try String.fetchAll(
                db,
                sql: "SELECT name FROM pragma_table_list WHERE NOT strict AND name NOT LIKE 'sqlite_%'"
            )
            #expect(loose.isEmpty)
        }
    }
}
