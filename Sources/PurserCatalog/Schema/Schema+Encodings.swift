extension Schema {
    /// Contents that are kept compressed (`gzip`, `zstd`, `inline-gzip`, `inline-zstd`), which an older Purser cannot read.
    ///
    /// `incompressible`: 1 where compressing the content was tried and saved too little, so that it is not tried each night; gone
    /// again with version 6.
    static let encodings = """
        ALTER TABLE blob ADD COLUMN incompressible INTEGER NOT NULL DEFAULT 0 CHECK (incompressible IN (0, 1));
        """
}
