extension Schema {
    /// What processing keeps: jobs, their files, and what each step did with a file.
    ///
    /// `job`: `state` as that of an operation; `turn` is when it was made plus a time for its priority, so that what waited
    /// long comes before what is more urgent; `bytes` are those of all inputs; `isListed` is 0 while files of the prefix
    /// are still to be found behind `listedTo`; `request` is what was asked for, as the service encodes it; `callbacksLeft`
    /// is how often its end may still be told to the URL that the request names. `jobItem`:
    /// `state` 0 queued, 1 running, 2 succeeded, 3 failed, 4 skipped, 5 timed out, 6 quarantined; `starts` counts the
    /// begins, also those that a crash cut off. `jobStep`: what a step did, in the words of the service. `jobNote`: what was
    /// done for a file and must not be done again, until the file has ended.
    ///
    /// `derivedFile`: a file that goes with its source; `isOrphan` is 1 once that has gone.
    static let jobs = """
        CREATE TABLE job (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE CHECK (id <> ''),
            pipeline TEXT NOT NULL CHECK (pipeline <> ''),
            state TEXT NOT NULL
                CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed_out')),
            priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 2),
            turn INTEGER NOT NULL,
            client TEXT NOT NULL,
            total INTEGER NOT NULL DEFAULT 0 CHECK (total >= 0),
            succeeded INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0,
            skipped INTEGER NOT NULL DEFAULT 0,
            cached INTEGER NOT NULL DEFAULT 0,
            bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
            isListed INTEGER NOT NULL CHECK (isListed IN (0, 1)),
            listedTo BLOB,
            idempotencyKey TEXT UNIQUE,
            idempotencyDigest BLOB,
            request TEXT NOT NULL,
            callbacksLeft INTEGER NOT NULL DEFAULT 0 CHECK (callbacksLeft >= 0),
            errorCode TEXT,
            errorMessage TEXT,
            createdAt INTEGER NOT NULL,
            startedAt INTEGER,
            endedAt INTEGER,
            CHECK ((endedAt IS NULL) = (state IN ('queued', 'running'))),
            CHECK ((idempotencyKey IS NULL) = (idempotencyDigest IS NULL))
        ) STRICT;
        CREATE INDEX jobState ON job (state);
        CREATE INDEX jobTurn ON job (turn) WHERE state = 'queued';
        CREATE INDEX jobUnlisted ON job (isListed) WHERE isListed = 0;
        CREATE INDEX jobEnded ON job (endedAt) WHERE endedAt IS NOT NULL;
        CREATE INDEX jobCallback ON job (callbacksLeft) WHERE callbacksLeft > 0 AND endedAt IS NOT NULL;

        CREATE TABLE jobItem (
            job INTEGER NOT NULL REFERENCES job (number) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number >= 0),
            bucket TEXT NOT NULL,
            key BLOB NOT NULL CHECK (length(key) BETWEEN 1 AND 1024),
            state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 6),
            starts INTEGER NOT NULL DEFAULT 0 CHECK (starts >= 0),
            document TEXT,
            PRIMARY KEY (job, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX jobItemQueued ON jobItem (job, number) WHERE state = 0;
        CREATE INDEX jobItemRunning ON jobItem (job, number) WHERE state = 1;

        CREATE TABLE jobStep (
            job INTEGER NOT NULL,
            item INTEGER NOT NULL,
            position INTEGER NOT NULL CHECK (position >= 0),
            name TEXT NOT NULL CHECK (name <> ''),
            document TEXT NOT NULL,
            PRIMARY KEY (job, item, position),
            FOREIGN KEY (job, item) REFERENCES jobItem (job, number) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE jobNote (
            job INTEGER NOT NULL,
            item INTEGER NOT NULL,
            name TEXT NOT NULL CHECK (name <> ''),
            document TEXT NOT NULL,
            PRIMARY KEY (job, item, name),
            FOREIGN KEY (job, item) REFERENCES jobItem (job, number) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE derivedFile (
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,
            source BLOB NOT NULL,
            isOrphan INTEGER NOT NULL CHECK (isOrphan IN (0, 1)),
            PRIMARY KEY (bucket, key),
            FOREIGN KEY (bucket, key) REFERENCES file (bucket, key) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX derivedFileSource ON derivedFile (bucket, source);
        CREATE INDEX derivedFileOrphan ON derivedFile (isOrphan) WHERE isOrphan = 1;
        CREATE TRIGGER sourceGone AFTER DELETE ON file BEGIN
            UPDATE derivedFile SET isOrphan = 1 WHERE bucket = OLD.bucket AND source = OLD.key;
        END;
        CREATE TRIGGER sourceReturned AFTER INSERT ON file BEGIN
            UPDATE derivedFile SET isOrphan = 0 WHERE bucket = NEW.bucket AND source = NEW.key;
        END;
        -- What somebody put in the place of a result is theirs; a job says anew what it made.
        CREATE TRIGGER derivedReplaced AFTER UPDATE OF blob ON file BEGIN
            DELETE FROM derivedFile WHERE bucket = NEW.bucket AND key = NEW.key;
        END;
        """

    /// Jobs that wait though their turn has come, clients that take turns, and keys that are each client's own.
    ///
    /// `triesAt`: a job has no turn before; `NULL` where it waits for its turn alone. `waitCode`, `waitMessage`,
    /// `waitingSince`: why it could not be taken up, and when that was tried first, until it is.
    ///
    /// `idempotencyKey` begins with whom the key belongs to.
    static let jobWaits = """
        ALTER TABLE job ADD COLUMN triesAt INTEGER;
        ALTER TABLE job ADD COLUMN waitCode TEXT;
        ALTER TABLE job ADD COLUMN waitMessage TEXT;
        ALTER TABLE job ADD COLUMN waitingSince INTEGER;
        DROP INDEX jobTurn;
        CREATE INDEX jobTurn ON job (turn) WHERE state = 'queued' AND triesAt IS NULL;
        CREATE INDEX jobClientTurn ON job (client, turn) WHERE state = 'queued' AND triesAt IS NULL;
        CREATE INDEX jobWaiting ON job (pipeline, triesAt) WHERE triesAt IS NOT NULL;
        UPDATE OR IGNORE job
            SET idempotencyKey = 'client:' || length(CAST(client AS BLOB)) || ':' || client || ':' || idempotencyKey
            WHERE idempotencyKey IS NOT NULL;
        """
}
