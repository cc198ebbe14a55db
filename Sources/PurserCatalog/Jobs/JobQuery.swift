/// The statements of jobs; a test asks SQLite for the plan of each, as for those of ``Query``.
enum JobQuery: String, CatalogQuery {
    // The columns of a job come first in all of these, see `JobRecord`.
    case job = """
        SELECT number, id, pipeline, state, priority, client, total, succeeded, failed, skipped, cached, bytes, isListed,
            listedTo, request, errorCode, errorMessage, createdAt, startedAt, endedAt,
            waitCode, waitMessage, waitingSince
        FROM job WHERE id = ?
        """
    case jobOfNumber = """
        SELECT number, id, pipeline, state, priority, client, total, succeeded, failed, skipped, cached, bytes, isListed,
            listedTo, request, errorCode, errorMessage, createdAt, startedAt, endedAt,
            waitCode, waitMessage, waitingSince
        FROM job WHERE number = ?
        """
    case jobs = """
        SELECT number, id, pipeline, state, priority, client, total, succeeded, failed, skipped, cached, bytes, isListed,
            listedTo, request, errorCode, errorMessage, createdAt, startedAt, endedAt,
            waitCode, waitMessage, waitingSince
        FROM job WHERE number < ? AND pipeline = coalesce(?, pipeline) ORDER BY number DESC LIMIT ?
        """
    case jobsInState = """
        SELECT number, id, pipeline, state, priority, client, total, succeeded, failed, skipped, cached, bytes, isListed,
            listedTo, request, errorCode, errorMessage, createdAt, startedAt, endedAt,
            waitCode, waitMessage, waitingSince
        FROM job WHERE state = ? AND number < ? AND pipeline = coalesce(?, pipeline) ORDER BY number DESC LIMIT ?
        """
    case nextJob = """
        SELECT number, id, pipeline, state, priority, client, total, succeeded, failed, skipped, cached, bytes, isListed,
            listedTo, request, errorCode, errorMessage, createdAt, startedAt, endedAt,
            waitCode, waitMessage, waitingSince
        FROM job INDEXED BY jobTurn WHERE state = 'queued' AND triesAt IS NULL AND turn >= ?
        ORDER BY turn, number LIMIT 1
        """
    case nextJobOfClient = """
        SELECT number, id, pipeline, state, priority, client, total, succeeded, failed, skipped, cached, bytes, isListed,
            listedTo, request, errorCode, errorMessage, createdAt, startedAt, endedAt,
            waitCode, waitMessage, waitingSince
        FROM job INDEXED BY jobClientTurn WHERE state = 'queued' AND triesAt IS NULL AND client > ?
        ORDER BY client, turn, number LIMIT 1
        """
    case countJobs = "SELECT count(*) FROM job WHERE state = ?"
    case unlistedJob = """
        SELECT number, id, pipeline, state, priority, client, total, succeeded, failed, skipped, cached, bytes, isListed,
            listedTo, request, errorCode, errorMessage, createdAt, startedAt, endedAt,
            waitCode, waitMessage, waitingSince
        FROM job WHERE isListed = 0 AND number > ? ORDER BY number LIMIT 1
        """
    case jobOfKey = """
        SELECT number, id, pipeline, state, priority, client, total, succeeded, failed, skipped, cached, bytes, isListed,
            listedTo, request, errorCode, errorMessage, createdAt, startedAt, endedAt,
            waitCode, waitMessage, waitingSince, idempotencyDigest
        FROM job WHERE idempotencyKey = ?
        """
    case insertJob = """
        INSERT INTO job (id, pipeline, state, priority, turn, client, isListed, listedTo, idempotencyKey,
            idempotencyDigest, request, callbacksLeft, createdAt)
        VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    case startJob = """
        UPDATE job SET state = 'running', startedAt = coalesce(startedAt, ?), triesAt = NULL, waitCode = NULL,
            waitMessage = NULL, waitingSince = NULL
        WHERE number = ? AND state = 'queued'
        """
    case endJob = """
        UPDATE job SET state = ?, errorCode = ?, errorMessage = ?, endedAt = ?, isListed = 1, triesAt = NULL,
            waitCode = NULL, waitMessage = NULL, waitingSince = NULL
        WHERE number = ? AND state IN ('queued', 'running')
        """
    case putOff = """
        UPDATE job SET state = 'queued', triesAt = ?, waitCode = ?, waitMessage = ?, waitingSince = ?
        WHERE number = ? AND state IN ('queued', 'running')
        """
    case putOffPipeline = """
        UPDATE job INDEXED BY jobTurn SET triesAt = ?, waitCode = ?, waitMessage = ?,
            waitingSince = coalesce(waitingSince, ?)
        WHERE state = 'queued' AND triesAt IS NULL AND turn >= ? AND pipeline = ?
        """
    /// The first of the next pipeline: the one that is to be tried first.
    case nextPutOff = """
        SELECT pipeline, triesAt FROM job INDEXED BY jobWaiting WHERE triesAt IS NOT NULL AND pipeline > ?
        ORDER BY pipeline, triesAt LIMIT 1
        """
    case takeBack = """
        UPDATE job INDEXED BY jobWaiting SET triesAt = NULL WHERE triesAt IS NOT NULL AND pipeline = ? AND triesAt <= ?
        """
    case noteListed = """
        UPDATE job SET total = total + ?, bytes = bytes + ?, isListed = ?, listedTo = ? WHERE number = ?
        """
    case countItems = """
        UPDATE job SET succeeded = succeeded + ?, failed = failed + ?, skipped = skipped + ?, cached = cached + ?
        WHERE number = ?
        """
    case jobsToTell = """
        SELECT number, id, pipeline, state, priority, client, total, succeeded, failed, skipped, cached, bytes, isListed,
            listedTo, request, errorCode, errorMessage, createdAt, startedAt, endedAt,
            waitCode, waitMessage, waitingSince
        FROM job WHERE callbacksLeft > 0 AND endedAt IS NOT NULL LIMIT ?
        """
    case useCallback = "UPDATE job SET callbacksLeft = callbacksLeft - 1 WHERE number = ? AND callbacksLeft > 0"
    case callbacksLeft = "SELECT callbacksLeft FROM job WHERE number = ?"
    case endCallbacks = "UPDATE job SET callbacksLeft = 0 WHERE number = ?"
    case endedJobs = "SELECT number, endedAt FROM job WHERE endedAt < ? ORDER BY endedAt, number LIMIT ?"
    case oldestKeptJob = "SELECT endedAt FROM job WHERE endedAt < ? ORDER BY endedAt DESC LIMIT 1 OFFSET ?"
    case forgetJob = "DELETE FROM job WHERE number = ?"

    case insertItem = "INSERT INTO jobItem (job, number, bucket, key) VALUES (?, ?, ?, ?)"
    /// By the key alone, all that are done would be passed each time.
    case queuedItems = """
        SELECT number, bucket, key, state, starts, document FROM jobItem INDEXED BY jobItemQueued
        WHERE job = ? AND state = 0 AND starts < ? ORDER BY number LIMIT ?
        """
    case items = """
        SELECT number, bucket, key, state, starts, document FROM jobItem
        WHERE job = ? AND number > ? ORDER BY number LIMIT ?
        """
    case startItem = "UPDATE jobItem SET state = 1, starts = starts + 1 WHERE job = ? AND number = ? AND state = 0"
    case returnItem = "UPDATE jobItem SET state = 0, starts = starts - 1 WHERE job = ? AND number = ? AND state = 1"
    case returnItems = """
        UPDATE jobItem INDEXED BY jobItemRunning SET state = 0 WHERE job = ? AND state = 1
        """
    case endItem = "UPDATE jobItem SET state = ?, document = ? WHERE job = ? AND number = ? AND state < 2"
    case forgetItems = """
        DELETE FROM jobItem
        WHERE job = ? AND number IN (SELECT number FROM jobItem WHERE job = ? ORDER BY number LIMIT ?)
        """

    case insertStep = "INSERT OR REPLACE INTO jobStep (job, item, position, name, document) VALUES (?, ?, ?, ?, ?)"
    case steps = """
        SELECT item, name, document FROM jobStep WHERE job = ? AND item >= ? AND item <= ? ORDER BY item, position
        """
    case noteStep = "INSERT OR REPLACE INTO jobNote (job, item, name, document) VALUES (?, ?, ?, ?)"
    case stepNotes = "SELECT name, document FROM jobNote WHERE job = ? AND item = ?"
    case forgetStepNotes = "DELETE FROM jobNote WHERE job = ? AND item = ?"

    /// The file itself must be there; an orphan from the start where its source has gone meanwhile.
    case keepDerived = """
        INSERT OR REPLACE INTO derivedFile (bucket, key, source, isOrphan)
        SELECT derived.bucket, derived.key, ?,
            NOT EXISTS (SELECT 1 FROM file WHERE file.bucket = derived.bucket AND file.key = ?)
        FROM bucket CROSS JOIN file AS derived ON derived.bucket = bucket.id AND derived.key = ?
        WHERE bucket.name = ?
        """
    case orphans = """
        SELECT bucket.name, derivedFile.key FROM derivedFile CROSS JOIN bucket ON bucket.id = derivedFile.bucket
        WHERE derivedFile.isOrphan = 1 LIMIT ?
        """
}
