extension Schema {
    /// Results of steps of processing that are kept, so that the same work is not done twice.
    ///
    /// `key`: a digest of the content, the step, and all that the result depends on. `document`: the result as processing
    /// encodes it; its files lie in a folder of the key's name. `bytes`: of files and document together. `resultTotal`: how
    /// many there are, kept by every transaction that changes them.
    static let results = """
        CREATE TABLE result (
            key BLOB PRIMARY KEY CHECK (length(key) = 32),
            pipeline TEXT NOT NULL CHECK (pipeline <> ''),
            content BLOB NOT NULL CHECK (length(content) = 32),
            bytes INTEGER NOT NULL CHECK (bytes >= 0),
            document TEXT NOT NULL,
            createdAt INTEGER NOT NULL,
            usedAt INTEGER NOT NULL,
            hits INTEGER NOT NULL DEFAULT 0 CHECK (hits >= 0)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX resultUsed ON result (usedAt, bytes, hits);
        CREATE INDEX resultCreated ON result (createdAt);
        CREATE INDEX resultContent ON result (pipeline, content);

        CREATE TABLE resultTotal (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            count INTEGER NOT NULL CHECK (count >= 0),
            bytes INTEGER NOT NULL CHECK (bytes >= 0)
        ) STRICT;
        INSERT INTO resultTotal (id, count, bytes) VALUES (1, 0, 0);
        """
}
