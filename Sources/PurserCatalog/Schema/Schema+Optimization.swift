extension Schema {
    /// What the optimizer needs: ways into files and contents by age, use and size, and what it keeps itself.
    ///
    /// `fileAccess`: when a file was last read, where that was after it was written; at most one write per file and hour.
    /// `blobVerdict`: a content was found not worth encoding under a policy, such as `zstd:3`.
    /// `blobCredit`: the optimizer took the last name of a content away and has counted its bytes as won; it holds while
    /// `retiredAt` is that of the content. `optimizerRun`: one row per run, the newest; `document` is the report as the
    /// optimizer encodes it. `optimizerRemoval`: every file that it removed, and why; `released` are the bytes as kept that no
    /// name holds since. `optimizerState`: small documents by name.
    static let optimization = """
        CREATE INDEX fileModified ON file (modifiedAt);
        CREATE INDEX blobSize ON blob (size) WHERE state = 0;
        CREATE INDEX blobDuplicate ON blob (size * (refs - 1)) WHERE refs > 1;
        CREATE INDEX blobDamaged ON blob (damaged) WHERE damaged = 1;

        CREATE TABLE fileAccess (
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,
            accessedAt INTEGER NOT NULL,
            PRIMARY KEY (bucket, key),
            FOREIGN KEY (bucket, key) REFERENCES file (bucket, key) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX fileAccessed ON fileAccess (accessedAt);

        CREATE TABLE blobVerdict (
            blob INTEGER PRIMARY KEY REFERENCES blob (id) ON DELETE CASCADE,
            policy TEXT NOT NULL CHECK (policy <> '')
        ) STRICT;

        CREATE TABLE blobCredit (
            blob INTEGER PRIMARY KEY REFERENCES blob (id) ON DELETE CASCADE,
            retiredAt INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE optimizerRun (
            id TEXT PRIMARY KEY CHECK (id <> ''),
            state TEXT NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'cancelled')),
            document TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX optimizerRunning ON optimizerRun (state) WHERE state = 'running';

        CREATE TABLE optimizerRemoval (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL,
            time INTEGER NOT NULL,
            strategy TEXT NOT NULL,
            reason TEXT NOT NULL,
            bucket TEXT NOT NULL,
            key BLOB NOT NULL,
            sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
            size INTEGER NOT NULL,
            released INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX optimizerRemovalRun ON optimizerRemoval (run);

        CREATE TABLE optimizerState (
            name TEXT PRIMARY KEY CHECK (name <> ''),
            document TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// `blobVerdict` says more: which policy found a content not worth encoding.
    static let verdicts = "ALTER TABLE blob DROP COLUMN incompressible;"
}
