extension Schema {
    /// What the monitor keeps across restarts.
    ///
    /// `metricRollup`: one row per metric and period; `period` in seconds, `start` the period's first millisecond,
    /// `histogram` as the monitor encodes it. `monitorState`: small documents by name.
    static let history = """
        CREATE TABLE metricRollup (
            metric TEXT NOT NULL CHECK (metric <> ''),
            period INTEGER NOT NULL CHECK (period IN (60, 3600)),
            start INTEGER NOT NULL,
            count INTEGER NOT NULL CHECK (count > 0),
            sum REAL NOT NULL,
            min REAL NOT NULL,
            max REAL NOT NULL,
            histogram BLOB NOT NULL,
            PRIMARY KEY (metric, period, start)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX metricRollupAge ON metricRollup (period, start);

        CREATE TABLE monitorState (
            name TEXT PRIMARY KEY CHECK (name <> ''),
            document TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
