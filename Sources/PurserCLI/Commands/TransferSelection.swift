import ArgumentParser

/// Options of `put` and `get` that say which files need be moved.
struct TransferSelection: ParsableArguments, Sendable {
    @Flag(
        inversion: .prefixedNo,
        help: "Move only what the other side does not have with the same SHA-256. (The default with -r.)"
    )
    var checksum: Bool?

    @Option(
        name: .customLong("exclude"),
        help: ArgumentHelp("With -r, leave out what has such a name; may be repeated.", valueName: "pattern"),
        transform: ExcludePattern.init
    )
    var patterns: [ExcludePattern] = []

    /// What is left out.
    var exclusion: Exclusion { Exclusion(patterns: self.patterns) }

    /// Refuses what makes no sense for a single file.
    ///
    /// - Throws: `ValidationError`.
    func check(isRecursive: Bool) throws {
        if !self.patterns.isEmpty, !isRecursive { throw ValidationError("--exclude goes with -r.") }
    }
}
