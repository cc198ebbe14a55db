/// The statements about kept results; a test asks SQLite for the plan of each, as for those of ``Query``.
enum ResultQuery: String, CatalogQuery {
    case result = "SELECT key, pipeline, content, bytes, document, createdAt, usedAt, hits FROM result WHERE key = ?"
    case resultBytes = "SELECT bytes FROM result WHERE key = ?"
    case saveResult = """
        INSERT INTO result (key, pipeline, content, bytes, document, createdAt, usedAt) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET pipeline = excluded.pipeline, content = excluded.content, bytes = excluded.bytes,
            document = excluded.document, createdAt = excluded.createdAt, usedAt = excluded.usedAt
        """
    case noteResultUse = "UPDATE result SET usedAt = max(usedAt, ?), hits = hits + ? WHERE key = ?"
    case deleteResult = "DELETE FROM result WHERE key = ?"
    case leastUsedResults = "SELECT key, bytes, hits FROM result WHERE usedAt >= ? ORDER BY usedAt LIMIT ?"
    case lastUsedResults = "SELECT key, bytes, hits FROM result WHERE usedAt >= ? ORDER BY usedAt DESC LIMIT ?"
    case expiredResults = "SELECT key, bytes, hits FROM result WHERE createdAt < ? ORDER BY createdAt LIMIT ?"
    case resultsOfContent = "SELECT key, bytes, hits FROM result WHERE pipeline = ? AND content = ? LIMIT ?"
    case resultTotal = "SELECT count, bytes FROM resultTotal WHERE id = 1"
    case countResults = "UPDATE resultTotal SET count = count + ?, bytes = bytes + ? WHERE id = 1"
}
