extension Tool {
    /// Tells types by content.
    static let file = Tool("file", package: "file")
    /// Scales images.
    static let vips = Tool("vips", package: "libvips-tools")
    /// Reads the headers of images.
    static let vipsheader = Tool("vipsheader", package: "libvips-tools")
    /// Scales images that libvips cannot read.
    static let convert = Tool("convert", package: "imagemagick")
    /// Reads the headers of PDFs.
    static let pdfinfo = Tool("pdfinfo", package: "poppler-utils", versionArguments: ["-v"])
    /// Takes the text out of PDFs.
    static let pdftotext = Tool("pdftotext", package: "poppler-utils", versionArguments: ["-v"])
    /// Draws pages of PDFs.
    static let pdftoppm = Tool("pdftoppm", package: "poppler-utils", versionArguments: ["-v"])
    /// Reads text in images.
    static let tesseract = Tool("tesseract", package: "tesseract-ocr")
    /// Reads archives.
    static let bsdtar = Tool("bsdtar", package: "libarchive-tools")
    /// Compresses.
    static let zstd = Tool("zstd", package: "zstd")
    /// Turns one encoding of text into another.
    static let iconv = Tool("iconv", package: "libc-bin")
    /// Checks JSON against a schema; the system's own Python, as the package is installed for that one.
    static let python = Tool(
        "/usr/bin/python3",
        package: "python3-jsonschema",
        versionArguments: ["-I", "-c", "from importlib.metadata import version; print(version('jsonschema'))"]
    )
}
