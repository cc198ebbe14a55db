import Foundation
import SystemPackage

/// Takes the files out of a zip or tar archive, which stay within limits and within the step's folder.
///
/// The archive is listed first, and refused as a whole by what the list says; bsdtar writes no more of a file than the list
/// said. What came out is looked at again, and only regular files are kept.
struct ArchiveExtractStep: ProcessingStep {
    /// How much may come out.
    var limits = ArchiveLimits()
    /// What is read.
    var source = StepSource()

    /// Where files are kept beside the source; ``index`` tells their names in the archive.
    static let prefix = "files"
    /// What the list is called.
    static let index = "index.json"

    var tools: [Tool] { [.bsdtar] }
    var cacheIdentity: String? { "\(self.limits) \(self.source)" }

    @concurrent
    func run(_ input: StepInput, _ context: StepContext) async throws -> StepOutput {
        let source = try self.source.file(in: input)
        var names = ArchiveNames(prefix: Self.prefix)
        var files: [StepFile] = []
        var left = self.limits
        var total: Int64 = 0
        var number = 0
        // Archives to open: the path, what stands before the names of its files, how deep it lies.
        var archives = [(path: source.path, prefix: "", depth: 1)]
        try Self.makeFolder(context.path("kept"))
        while let archive = archives.popLast() {
            try Task.checkCancellation()
            let found = try await self.open(archive.path, within: left, from: number, context)
            number += found.files.count
            left.maxEntries -= found.entries
            for file in found.files {
                left.maxTotal -= file.size
                let name = archive.prefix + file.name
                if archive.depth < self.limits.maxDepth, try Self.isArchive(file) {
                    archives.append((file.path, "\(name)!/", archive.depth + 1))
                    continue
                }
                total += file.size
                let kept = names.add(name, size: file.size)
                files.append(StepFile(name: kept, path: file.path, contentType: "application/octet-stream"))
            }
        }
        var writer = try StepWriter(context.path(Self.index), limit: context.limits.fileSize)
        try writer.write(try names.json())
        try writer.finish()
        let index = StepFile(name: Self.index, path: context.path(Self.index), contentType: "application/json")
        return StepOutput(
            files: [index] + files,
            values: ["entries": .integer(Int64(files.count)), "total_bytes": .integer(total)]
        )
    }

    /// Takes the files out of one archive.
    private func open(
        _ path: String,
        within limits: ArchiveLimits,
        from number: Int,
        _ context: StepContext
    ) async throws -> (files: [ArchiveTree.File], entries: Int) {
        let size = try ContentChunks.count(of: path)
        let listing = try await self.list(path, within: limits, context)
        try limits.check(listing, size: size)
        let tree = context.path("tree")
        try Self.makeFolder(tree)
        var stepLimits = context.limits
        stepLimits.fileSize = min(stepLimits.fileSize, max(1, limits.maxTotal))
        // No links, no devices, no owners, no rights, no times: only bytes under names.
        let arguments = [
            "-x", "-f", path, "-C", tree, "--no-same-owner", "--no-same-permissions", "--no-acls", "--no-fflags",
            "--no-xattrs", "--no-mac-metadata", "-m", "--passphrase", Self.noPassword,
        ]
        let result = try await context.run(.bsdtar, arguments, limits: stepLimits)
        try Self.check(result)
        let files = try ArchiveTree(folder: FilePath(tree)).moveFiles(to: FilePath(context.path("kept")), from: number)
        return (files, listing.entries.count)
    }

    private func list(
        _ path: String,
        within limits: ArchiveLimits,
        _ context: StepContext
    ) async throws -> ArchiveListing {
        let head = try ContentChunks.bytes(of: path, count: ArchiveFormat.headSize)
        guard let format = ArchiveFormat(head: head) else { throw Self.unsupported }
        let told = format == .zip ? try Self.zipEntries(path) : nil
        let most = min(64 << 20, (limits.maxEntries + 1) * 512 + 4_096)
        let arguments = ["-t", "-v", "-v", "-v", "--numeric-owner", "-f", path, "--passphrase", Self.noPassword]
        let result = try await context.run(.bsdtar, arguments, maxOutput: most)
        guard result.outputBytes <= most else {
            throw ArchiveLimits.tooLarge("its list is longer than that of \(limits.maxEntries) entries", "max_entries")
        }
        try Self.check(result)
        guard let listing = ArchiveListing(result.text) else { throw Self.damaged("its list cannot be read") }
        guard ArchiveFormat.isOpened(listing.format) else { throw Self.unsupported }
        // bsdtar takes entries at the same place for one.
        if let told, told != .max, told != listing.entries.count {
            throw ArchiveLimits.unsafe("\(told) entries lie in \(listing.entries.count) places")
        }
        return listing
    }

    private static func zipEntries(_ path: String) throws(StepFailure) -> Int {
        let tail = try ContentChunks.bytes(of: path, at: Int64(-ArchiveFormat.tailSize), count: ArchiveFormat.tailSize)
        guard let count = ArchiveFormat.zipEntries(tail) else { throw Self.damaged("its end is missing") }
        return count
    }
}

extension ArchiveExtractStep {
    /// Given so that nobody is asked for one at a terminal.
    private static let noPassword = "none"

    private static func makeFolder(_ path: String) throws(StepFailure) {
        guard mkdir(path, 0o700) == 0 else {
            throw StepFailure("unwritable", "a folder cannot be made: \(Errno(rawValue: errno))", isTransient: true)
        }
    }

    /// Whether a file that came out is an archive too: by its name as well, as many other formats are zips inside.
    private static func isArchive(_ file: ArchiveTree.File) throws(StepFailure) -> Bool {
        let name = file.name.lowercased()
        guard Self.suffixes.contains(where: name.hasSuffix) else { return false }
        return ArchiveFormat(head: try ContentChunks.bytes(of: file.path, count: ArchiveFormat.headSize)) != nil
    }

    private static let suffixes = [".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst"]

    private static func check(_ result: ToolResult) throws(StepFailure) {
        let message = ToolMessage(result.complaint)
        if !result.isSuccess, message.mentions("passphrase", "encrypt") {
            throw StepFailure(
                "encrypted_archive",
                "the archive is protected by a password: pack it without one, and upload it again",
                isRecoverable: true
            )
        }
        try result.check(.bsdtar, "damaged_archive", Self.damaged)
    }

    private static let damaged = "the archive is damaged or incomplete"

    private static func damaged(_ reason: String) -> StepFailure {
        StepFailure("damaged_archive", "\(Self.damaged): \(reason)", isRecoverable: true)
    }

    private static var unsupported: StepFailure {
        StepFailure(
            "unsupported_archive",
            "the content is no zip, and no tar, plain or compressed by gzip, bzip2, xz or zstd",
            isRecoverable: true
        )
    }
}

extension StepKind {
    /// Takes the files out of an archive.
    public static let archiveExtract = StepKind("archive_extract") { settings throws(StepSettingProblem) in
        var limits = ArchiveLimits()
        limits.maxEntries = try settings.integer("max_entries", in: 1...100_000, default: limits.maxEntries)
        limits.maxTotal = try settings.bytes("max_total", in: 1...(1 << 50), default: limits.maxTotal)
        limits.maxRatio = try settings.integer("max_ratio", in: 1...100_000, default: limits.maxRatio)
        limits.maxFolders = try settings.integer("max_folders", in: 1...256, default: limits.maxFolders)
        limits.maxDepth = try settings.integer("max_depth", in: 1...8, default: limits.maxDepth)
        return ArchiveExtractStep(limits: limits, source: try StepSource(settings))
    }
}
