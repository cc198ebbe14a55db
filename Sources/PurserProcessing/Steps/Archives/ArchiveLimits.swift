/// How much may come out of an archive.
struct ArchiveLimits: Sendable, Hashable {
    /// Files and folders at most, in all archives together.
    var maxEntries = 1_000
    /// Bytes of all files together.
    var maxTotal: Int64 = 1 << 30
    /// How many times the archive's own size its files may have together; nothing below ``freeTotal`` counts.
    var maxRatio = 250
    /// Folders within folders.
    var maxFolders = 32
    /// How deep archives in archives are opened; 1 opens the first one alone.
    var maxDepth = 1

    /// Bytes up to which no ratio is asked for, as little ones squeeze well.
    static let freeTotal: Int64 = 10 << 20

    /// Refuses an archive before anything is taken out of it.
    ///
    /// - Parameters:
    ///   - listing: What is in it.
    ///   - size: Bytes of the archive.
    /// - Throws: ``StepFailure`` `archive_too_large`, `archive_bomb`, `unsafe_archive`.
    func check(_ listing: ArchiveListing, size: Int64) throws(StepFailure) {
        guard listing.entries.count <= self.maxEntries else {
            throw Self.tooLarge("it has more than \(self.maxEntries) entries", "max_entries")
        }
        for entry in listing.entries { try self.check(entry) }
        let total = listing.totalSize
        guard total <= self.maxTotal else {
            throw Self.tooLarge("its files have \(total) bytes, and \(self.maxTotal) are taken", "max_total")
        }
        let (most, isOver) = max(1, size).multipliedReportingOverflow(by: Int64(self.maxRatio))
        guard isOver || total <= max(Self.freeTotal, most) else {
            throw StepFailure(
                "archive_bomb",
                "the archive's files have \(total) bytes, more than \(self.maxRatio) times the \(size) bytes of the archive: "
                    + "if that is meant, raise max_ratio",
                isRecoverable: true,
                severity: .critical
            )
        }
    }

    private func check(_ entry: ArchiveListing.Entry) throws(StepFailure) {
        let name = entry.name.visible(upTo: 120)
        guard entry.kind == "-" || entry.kind == "d" else {
            throw Self.unsafe("'\(name)' is a link or a device")
        }
        let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
        guard !entry.name.hasPrefix("/"), !parts.contains("..") else {
            throw Self.unsafe("'\(name)' leads out of the archive's folder")
        }
        guard parts.count <= self.maxFolders, entry.name.utf8.count <= 4_096 else {
            throw Self.unsafe("'\(name)' lies deeper than \(self.maxFolders) folders, or its name is too long")
        }
    }

    /// What stands in a report of an archive that holds too much.
    static func tooLarge(_ reason: String, _ setting: String) -> StepFailure {
        StepFailure(
            "archive_too_large", "the archive holds too much: \(reason); split it, or raise \(setting)", isRecoverable: true
        )
    }

    /// What stands in a report of an archive that could do harm.
    static func unsafe(_ reason: String) -> StepFailure {
        StepFailure("unsafe_archive", "the archive is not opened: \(reason)", severity: .critical)
    }
}
