/// What all programs of libvips get.
enum VipsEnvironment {
    /// One thread each, as files are worked on side by side; and only the decoders that are meant for files of strangers.
    static let values = ["VIPS_CONCURRENCY": "1", "VIPS_BLOCK_UNTRUSTED": "1"]
}
