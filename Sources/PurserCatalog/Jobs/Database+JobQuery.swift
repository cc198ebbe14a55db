import GRDB

extension Database {
    /// Runs a statement that changes something; compiled once per connection.
    func run(_ query: JobQuery, _ arguments: StatementArguments) throws {
        try self.cachedStatement(sql: query.rawValue).execute(arguments: arguments)
    }

    /// The first row, decoded while SQLite still holds it.
    func first<Value>(
        _ query: JobQuery,
        _ arguments: StatementArguments = [],
        _ decode: (Row) throws -> Value
    ) throws -> Value? {
        let cursor = try Row.fetchCursor(try self.cachedStatement(sql: query.rawValue), arguments: arguments)
        return try cursor.next().map(decode)
    }

    /// All rows.
    func all<Value>(
        _ query: JobQuery,
        _ arguments: StatementArguments = [],
        _ decode: (Row) throws -> Value
    ) throws -> [Value] {
        let cursor = try Row.fetchCursor(try self.cachedStatement(sql: query.rawValue), arguments: arguments)
        var values: [Value] = []
        while let row = try cursor.next() {
            values.append(try decode(row))
        }
        return values
    }
}
