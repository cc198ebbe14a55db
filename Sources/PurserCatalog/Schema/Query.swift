/// Every statement that runs after opening, so that a test can ask SQLite for the plan of each.
///
/// `CROSS JOIN` fixes the order of the tables (<https://www.sqlite.org/optoverview.html#crossjoin>): there are no
/// statistics to go by, and the right order is known. The columns of a blob come first in all of them, see ``BlobRow``.
enum Query: String, CatalogQuery {
    case bucket = "SELECT id, name, createdAt, files, logicalBytes, physicalBytes FROM bucket WHERE name = ?"
    case buckets = "SELECT id, name, createdAt, files, logicalBytes, physicalBytes FROM bucket ORDER BY name"
    case insertBucket = "INSERT INTO bucket (name, createdAt) VALUES (?, ?)"
    case deleteBucket = "DELETE FROM bucket WHERE id = ?"
    case countInBucket = """
        UPDATE bucket SET files = files + ?, logicalBytes = logicalBytes + ?, physicalBytes = physicalBytes + ?
        WHERE id = ?
        """
    /// Whether files of a bucket have a content.
    case blobInBucket = "SELECT 1 FROM file WHERE blob = ? AND bucket = ? LIMIT 1"
    /// The next bucket in which files have a content.
    case nextBucketOfBlob = "SELECT bucket FROM file WHERE blob = ? AND bucket > ? ORDER BY bucket LIMIT 1"

    case file = """
        SELECT blob.id, blob.sha256, blob.size, blob.storedSize, blob.encoding, blob.refs, blob.state, blob.retiredAt,
            blob.damaged, file.key, file.contentType, file.metadata, file.createdAt, file.modifiedAt
        FROM bucket CROSS JOIN file ON file.bucket = bucket.id CROSS JOIN blob ON blob.id = file.blob
        WHERE bucket.name = ? AND file.key = ?
        """
    case fileInBucket = """
        SELECT blob.id, blob.sha256, blob.size, blob.storedSize, blob.encoding, blob.refs, blob.state, blob.retiredAt,
            blob.damaged, file.key, file.contentType, file.metadata, file.createdAt, file.modifiedAt
        FROM file CROSS JOIN blob ON blob.id = file.blob
        WHERE file.bucket = ? AND file.key = ?
        """
    case filesFrom = """
        SELECT blob.id, blob.sha256, blob.size, blob.storedSize, blob.encoding, blob.refs, blob.state, blob.retiredAt,
            blob.damaged, file.key, file.contentType, file.metadata, file.createdAt, file.modifiedAt
        FROM file CROSS JOIN blob ON blob.id = file.blob
        WHERE file.bucket = ? AND file.key >= ? AND file.key < ?
        ORDER BY file.key
        """
    case insertFile = """
        INSERT INTO file (bucket, key, blob, contentType, metadata, createdAt, modifiedAt) VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    case replaceFile = """
        UPDATE file SET blob = ?, contentType = ?, metadata = ?, modifiedAt = ? WHERE bucket = ? AND key = ?
        """
    case deleteFile = "DELETE FROM file WHERE bucket = ? AND key = ?"

    case blob = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob WHERE sha256 = ?
        """
    case retiredBlobs = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob
        WHERE state = 1 AND retiredAt < ? ORDER BY retiredAt LIMIT ?
        """
    case deletingBlobs = """
        SELECT id, sha256, size, storedSize, encoding, refs, state, retiredAt, damaged FROM blob
        WHERE state = 2 ORDER BY id LIMIT ?
        """
    case insertBlob = """
        INSERT INTO blob (sha256, size, storedSize, encoding, refs, state, retiredAt, damaged, createdAt)
        VALUES (?, ?, ?, ?, 1, 0, NULL, 0, ?)
        """
    case referToBlob = "UPDATE blob SET refs = ?, state = ?, retiredAt = ? WHERE id = ?"
    case replaceBlob = "UPDATE blob SET storedSize = ?, encoding = ?, damaged = 0 WHERE id = ?"
    case flagBlob = "UPDATE blob SET damaged = ? WHERE id = ?"
    case deleteBlob = "DELETE FROM blob WHERE id = ?"

    case content = """
        SELECT content.bytes FROM blob CROSS JOIN content ON content.blob = blob.id WHERE blob.sha256 = ?
        """
    case insertContent = "INSERT INTO content (blob, bytes) VALUES (?, ?)"
    case deleteContent = "DELETE FROM content WHERE blob = ?"

    case totals = """
        SELECT buckets, files, logicalBytes, blobs, distinctBytes, physicalBytes, inlineBytes, reclaimableBytes
        FROM total WHERE id = 1
        """
    case count = """
        UPDATE total SET buckets = buckets + ?, files = files + ?, logicalBytes = logicalBytes + ?, blobs = blobs + ?,
            distinctBytes = distinctBytes + ?, physicalBytes = physicalBytes + ?, inlineBytes = inlineBytes + ?,
            reclaimableBytes = reclaimableBytes + ?
        WHERE id = 1
        """

    case rollups = """
        SELECT metric, period, start, count, sum, min, max, histogram FROM metricRollup
        WHERE metric = ? AND period = ? AND start >= ? AND start < ? ORDER BY start LIMIT ?
        """
    case rolledUpMetrics = "SELECT metric FROM metricRollup WHERE period = ? AND start >= ? AND start < ?"
    case firstRollup = "SELECT min(start) FROM metricRollup WHERE period = ? AND start >= ?"
    case saveRollup = """
        INSERT INTO metricRollup (metric, period, start, count, sum, min, max, histogram) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (metric, period, start) DO UPDATE SET count = excluded.count, sum = excluded.sum,
            min = excluded.min, max = excluded.max, histogram = excluded.histogram
        """
    case pruneRollups = "DELETE FROM metricRollup WHERE period = ? AND start < ?"

    case monitorState = "SELECT document FROM monitorState WHERE name = ?"
    case setMonitorState = """
        INSERT INTO monitorState (name, document) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET document = excluded.document
        """

    case alerts = """
        SELECT id, isOpen, changedAt, document FROM alert
        WHERE isOpen = ? AND (changedAt, id) < (?, ?) ORDER BY changedAt DESC, id DESC LIMIT ?
        """
    case saveAlert = """
        INSERT INTO alert (id, isOpen, changedAt, document) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE
        SET isOpen = excluded.isOpen, changedAt = excluded.changedAt, document = excluded.document
        """
    case oldestResolvedAlert = """
        SELECT changedAt FROM alert WHERE isOpen = 0 ORDER BY changedAt DESC LIMIT 1 OFFSET ?
        """
    case forgetResolvedAlerts = "DELETE FROM alert WHERE isOpen = 0 AND changedAt < ?"
}
