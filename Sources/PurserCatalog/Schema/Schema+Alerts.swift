extension Schema {
    /// Alerts, open ones and those that ended; `document` is the alert as the monitor encodes it.
    static let alerts = """
        CREATE TABLE alert (
            id TEXT PRIMARY KEY CHECK (id <> ''),
            isOpen INTEGER NOT NULL CHECK (isOpen IN (0, 1)),
            changedAt INTEGER NOT NULL,
            document TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX alertChanged ON alert (isOpen, changedAt);
        """
}
