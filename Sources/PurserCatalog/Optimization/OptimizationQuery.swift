/// The statements of the optimizer; a test asks SQLite for the plan of each, as for those of ``Query``.
///
/// Pages go on behind a position, so that a later one costs what the first does.
enum OptimizationQuery: String, CatalogQuery {
    case bucketOfRow = "SELECT name FROM bucket WHERE id = ?"

    // The columns of a candidate come first in all of these, see `FileCandidate`.
    case filesByModification = """
        SELECT blob.id, blob.sha256, blob.size, blob.storedSize, blob.refs, file.bucket, file.key, file.contentType,
            file.metadata, file.createdAt, file.modifiedAt, fileAccess.accessedAt
        FROM file CROSS JOIN blob ON blob.id = file.blob
            LEFT JOIN fileAccess ON fileAccess.bucket = file.bucket AND fileAccess.key = file.key
        WHERE file.modifiedAt < ? AND (file.modifiedAt, file.bucket, file.key) > (?, ?, ?)
        ORDER BY file.modifiedAt, file.bucket, file.key LIMIT ?
        """
    case filesByAccess = """
        SELECT blob.id, blob.sha256, blob.size, blob.storedSize, blob.refs, file.bucket, file.key, file.contentType,
            file.metadata, file.createdAt, file.modifiedAt, fileAccess.accessedAt
        FROM fileAccess CROSS JOIN file ON file.bucket = fileAccess.bucket AND file.key = fileAccess.key
            CROSS JOIN blob ON blob.id = file.blob
        WHERE fileAccess.accessedAt < ? AND (fileAccess.accessedAt, fileAccess.bucket, fileAccess.key) > (?, ?, ?)
        ORDER BY fileAccess.accessedAt, fileAccess.bucket, fileAccess.key LIMIT ?
        """
    case filesOfBlob = """
        SELECT blob.id, blob.sha256, blob.size, blob.storedSize, blob.refs, file.bucket, file.key, file.contentType,
            file.metadata, file.createdAt, file.modifiedAt, fileAccess.accessedAt
        FROM file CROSS JOIN blob ON blob.id = file.blob
            LEFT JOIN fileAccess ON fileAccess.bucket = file.bucket AND fileAccess.key = file.key
        WHERE file.blob = ? AND (file.bucket, file.key) > (?, ?) ORDER BY file.bucket, file.key LIMIT ?
        """
    case access = "SELECT accessedAt FROM fileAccess WHERE bucket = ? AND key = ?"
    /// A file that is gone is left out; one that was noted within the hour stays as it is.
    case noteAccess = """
        INSERT INTO fileAccess (bucket, key, accessedAt)
        SELECT bucket, key, ? FROM file WHERE bucket = ? AND key = ?
        ON CONFLICT (bucket, key) DO UPDATE SET accessedAt = excluded.accessedAt
        WHERE excluded.accessedAt >= fileAccess.accessedAt + 3600000
        """

    // The columns of a blob come first in all of these, see `BlobRow`.
    case blobs = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob
        WHERE id > ? ORDER BY id LIMIT ?
        """
    case blobOfRow = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob WHERE id = ?
        """
    case blobsBySize = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob
        WHERE state = 0 AND size <= ? AND (size < ? OR id < ?) ORDER BY size DESC, id DESC LIMIT ?
        """
    case blobsBetween = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob
        WHERE sha256 >= ? AND sha256 <= ? ORDER BY sha256 LIMIT ?
        """
    case unencodedBlobs = """
        SELECT blob.id, blob.sha256, blob.size, blob.storedSize, blob.encoding, blob.refs, blob.state, blob.retiredAt,
            blob.damaged
        FROM blob LEFT JOIN blobVerdict ON blobVerdict.blob = blob.id
        WHERE blob.id > ? AND blob.size >= ? AND blob.state = 0 AND blob.damaged = 0
            AND blob.encoding IN ('raw', 'inline') AND blobVerdict.policy IS NOT ?
        ORDER BY blob.id LIMIT ?
        """
    case duplicatedBlobs = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob
        WHERE refs > 1 AND size * (refs - 1) <= ? AND (size * (refs - 1) < ? OR id < ?)
        ORDER BY size * (refs - 1) DESC, id DESC LIMIT ?
        """
    case damagedBlobs = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob
        WHERE damaged = 1 AND id > ? ORDER BY id LIMIT ?
        """
    case miscountedBlobs = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob
        WHERE id > ? AND id <= ? AND refs <> (SELECT count(*) FROM file WHERE file.blob = blob.id)
        """
    case inlineBlobsWithoutBytes = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob
        WHERE id > ? AND id <= ? AND encoding LIKE 'inline%' AND state = 0 AND damaged = 0
            AND storedSize IS NOT (SELECT length(bytes) FROM content WHERE content.blob = blob.id)
        """
    case lastBlob = "SELECT max(id) FROM blob"
    case references = "SELECT count(*) FROM file WHERE blob = ?"
    case referencesInBucket = "SELECT count(*) FROM file WHERE blob = ? AND bucket = ?"
    case hasSeveralNamesInBucket = """
        SELECT count(*) > 1 FROM (SELECT 1 FROM file WHERE blob = ? AND bucket = ? LIMIT 2)
        """
    case credit = """
        SELECT 1 FROM blob CROSS JOIN blobCredit ON blobCredit.blob = blob.id AND blobCredit.retiredAt = blob.retiredAt
        WHERE blob.sha256 = ?
        """
    case giveCredit = "INSERT OR REPLACE INTO blobCredit (blob, retiredAt) VALUES (?, ?)"
    case retiredFigures = """
        SELECT count(*), coalesce(sum(blob.storedSize), 0),
            coalesce(sum(CASE WHEN blobCredit.blob IS NULL THEN blob.storedSize ELSE 0 END), 0)
        FROM blob LEFT JOIN blobCredit ON blobCredit.blob = blob.id AND blobCredit.retiredAt = blob.retiredAt
        WHERE blob.state = 1 AND blob.retiredAt < ?
        """
    case forgetVerdict = "DELETE FROM blobVerdict WHERE blob = ?"
    case giveVerdict = "INSERT OR REPLACE INTO blobVerdict (blob, policy) SELECT id, ? FROM blob WHERE sha256 = ?"

    case filesCounted = """
        SELECT count(*), coalesce(sum(size), 0), max(key) FROM (
            SELECT file.key AS key, blob.size AS size FROM file CROSS JOIN blob ON blob.id = file.blob
            WHERE file.bucket = ? AND file.key > ? ORDER BY file.key LIMIT ?)
        """
    case blobsCounted = """
        SELECT count(*), max(id), coalesce(sum(state = 0), 0), coalesce(sum((state = 0) * size), 0),
            coalesce(sum(storedSize), 0), coalesce(sum((encoding LIKE 'inline%') * storedSize), 0),
            coalesce(sum((state <> 0) * storedSize), 0)
        FROM (SELECT id, state, size, storedSize, encoding FROM blob WHERE id > ? ORDER BY id LIMIT ?)
        """

    /// Each bucket that has a content, with the content's bytes as kept.
    case blobsOfBuckets = """
        SELECT file.bucket, blob.storedSize FROM file CROSS JOIN blob ON blob.id = file.blob
        WHERE file.blob > ? AND file.blob <= ? GROUP BY file.blob, file.bucket
        """

    case insertRun = "INSERT INTO optimizerRun (id, state, document) VALUES (?, 'running', ?)"
    case updateRun = "UPDATE optimizerRun SET state = ?, document = ? WHERE id = ?"
    case run = "SELECT id, state, document FROM optimizerRun WHERE id = ?"
    case runs = "SELECT id, state, document FROM optimizerRun WHERE id < ? ORDER BY id DESC LIMIT ?"
    case runningRun = "SELECT id, state, document FROM optimizerRun WHERE state = 'running'"
    case oldestKeptRun = "SELECT id FROM optimizerRun WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ?"
    case forgetRun = "DELETE FROM optimizerRun WHERE id = ?"
    case forgetRuns = "DELETE FROM optimizerRun WHERE id <= ? AND state <> 'running'"

    case insertRemoval = """
        INSERT INTO optimizerRemoval (run, time, strategy, reason, bucket, key, sha256, size, released)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    case removals = """
        SELECT id, run, time, strategy, reason, bucket, key, sha256, size, released FROM optimizerRemoval
        WHERE run = ? AND id > ? ORDER BY id LIMIT ?
        """
    case removalFigures = """
        SELECT strategy, count(*), sum(size), sum(released) FROM optimizerRemoval WHERE run = ? GROUP BY strategy
        """
    case oldestRemovals = "SELECT id, time FROM optimizerRemoval WHERE id > ? ORDER BY id LIMIT ?"
    case firstRemoval = "SELECT min(id) FROM optimizerRemoval"
    case lastRemoval = "SELECT max(id) FROM optimizerRemoval"
    case forgetRemovals = "DELETE FROM optimizerRemoval WHERE id <= ?"

    case note = "SELECT document FROM optimizerState WHERE name = ?"
    case keepNote = """
        INSERT INTO optimizerState (name, document) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET document = excluded.document
        """
}
