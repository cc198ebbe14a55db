/// The tables of the catalog.
///
/// `blob` is one row per distinct content, `file` names it, `content` holds the bytes of small ones. The counters of
/// `bucket` and `total` are kept by every transaction that changes what they count, so that nothing ever scans.
/// Times are milliseconds since 1970, UTC. Keys are BLOBs: SQLite then orders them by `memcmp`, whatever bytes a
/// bound of a listing has (the successor of a key is no valid UTF-8 as a rule).
enum Schema {
    /// `PRAGMA application_id`, "Prsr" in ASCII: tells a catalog from any other SQLite database.
    static let applicationID = 0x5072_7372

    /// All steps, the oldest first.
    static let migrations = [
        Migration(version: 1, sql: Self.version1), Migration(version: 2, sql: Self.history),
        Migration(version: 3, sql: Self.alerts), Migration(version: 4, sql: Self.encodings),
        Migration(version: 5, sql: Self.optimization), Migration(version: 6, sql: Self.jobs),
        Migration(version: 7, sql: Self.results), Migration(version: 8, sql: Self.verdicts),
        Migration(version: 9, sql: Self.bucketBytes),
        Migration(version: 10, sql: Self.jobWaits),
    ]

    private static let version1 = """
        PRAGMA application_id = \(Self.applicationID);

        CREATE TABLE bucket (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 3 AND 63),
            createdAt INTEGER NOT NULL,
            files INTEGER NOT NULL DEFAULT 0 CHECK (files >= 0),
            logicalBytes INTEGER NOT NULL DEFAULT 0 CHECK (logicalBytes >= 0)
        ) STRICT;

        -- state: 0 live, 1 retired (no file names it, the bytes are still there), 2 deleting (the bytes are going).
        -- storedSize: bytes as kept, encoded; size: bytes of the content.
        CREATE TABLE blob (
            id INTEGER PRIMARY KEY,
            sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
            size INTEGER NOT NULL CHECK (size >= 0),
            storedSize INTEGER NOT NULL CHECK (storedSize >= 0),
            encoding TEXT NOT NULL CHECK (encoding <> ''),
            refs INTEGER NOT NULL CHECK (refs >= 0),
            state INTEGER NOT NULL CHECK (state IN (0, 1, 2)),
            retiredAt INTEGER,
            damaged INTEGER NOT NULL DEFAULT 0 CHECK (damaged IN (0, 1)),
            createdAt INTEGER NOT NULL,
            CHECK ((state = 0) = (refs > 0)),
            CHECK ((state = 0) = (retiredAt IS NULL))
        ) STRICT;
        CREATE INDEX blobRetired ON blob (retiredAt) WHERE state = 1;
        CREATE INDEX blobDeleting ON blob (state) WHERE state = 2;

        CREATE TABLE content (
            blob INTEGER PRIMARY KEY REFERENCES blob (id),
            bytes BLOB NOT NULL
        ) STRICT;

        -- metadata: a JSON object of strings, its names sorted; NULL where there is none.
        CREATE TABLE file (
            bucket INTEGER NOT NULL REFERENCES bucket (id),
            key BLOB NOT NULL CHECK (length(key) BETWEEN 1 AND 1024),
            blob INTEGER NOT NULL REFERENCES blob (id),
            contentType TEXT,
            metadata TEXT CHECK (metadata <> ''),
            createdAt INTEGER NOT NULL,
            modifiedAt INTEGER NOT NULL,
            PRIMARY KEY (bucket, key)
        ) STRICT, WITHOUT ROWID;
        -- Without it, deleting a blob would search all files for one that still refers to it.
        CREATE INDEX fileBlob ON file (blob);

        CREATE TABLE total (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            buckets INTEGER NOT NULL DEFAULT 0 CHECK (buckets >= 0),
            files INTEGER NOT NULL DEFAULT 0 CHECK (files >= 0),
            logicalBytes INTEGER NOT NULL DEFAULT 0 CHECK (logicalBytes >= 0),
            blobs INTEGER NOT NULL DEFAULT 0 CHECK (blobs >= 0),
            distinctBytes INTEGER NOT NULL DEFAULT 0 CHECK (distinctBytes >= 0),
            physicalBytes INTEGER NOT NULL DEFAULT 0 CHECK (physicalBytes >= 0),
            inlineBytes INTEGER NOT NULL DEFAULT 0 CHECK (inlineBytes >= 0),
            reclaimableBytes INTEGER NOT NULL DEFAULT 0 CHECK (reclaimableBytes >= 0)
        ) STRICT;
        INSERT INTO total (id) VALUES (1);
        """
}
