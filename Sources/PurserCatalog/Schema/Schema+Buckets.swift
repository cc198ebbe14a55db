extension Schema {
    /// What each bucket takes on the disk.
    ///
    /// `bucket.physicalBytes`: bytes as kept of the distinct contents that its files have, each once; a content that several
    /// buckets have counts in each. As the other counters it is kept by every transaction that changes what it counts.
    static let bucketBytes = """
        ALTER TABLE bucket ADD COLUMN physicalBytes INTEGER NOT NULL DEFAULT 0 CHECK (physicalBytes >= 0);
        UPDATE bucket SET physicalBytes = (
            SELECT coalesce(sum(blob.storedSize), 0)
            FROM (SELECT DISTINCT file.blob AS id FROM file WHERE file.bucket = bucket.id) AS held
                CROSS JOIN blob ON blob.id = held.id);
        """
}
