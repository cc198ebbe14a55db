import ArgumentParser

/// A pattern of names that a transfer leaves out, by the rules that `rsync --exclude` made usual.
///
/// `*` stands for anything but a slash, `**` for anything, `?` for a character but a slash, `[a-z]` and `[!a-z]` for one of
/// a set, and `\` takes a character as it is. A pattern with a slash at its start is compared with the path below the
/// folder of the transfer, one with a slash within or with `**` with the end of that path, any other with the last name. A
/// slash at the end, or `/***`, makes it match folders only. What is in a folder that matches is left out with it.
struct ExcludePattern: Sendable, Hashable {
    /// As the user wrote it.
    let text: String
    private let glob: Glob
    private let isAnchored: Bool
    private let isFolderOnly: Bool
    /// Whether it is compared with more than the last name.
    private let isOfPaths: Bool

    /// Reads a pattern.
    ///
    /// - Throws: `ValidationError`, which the command line shows.
    init(_ text: String) throws {
        self.text = text
        var body = text[...]
        self.isAnchored = body.first == "/"
        if self.isAnchored { body.removeFirst() }
        self.isFolderOnly = body.hasSuffix("/") || body.hasSuffix("/***")
        if self.isFolderOnly { body = body.prefix(upTo: body.lastIndex(of: "/") ?? body.startIndex) }
        guard !body.isEmpty else { throw ValidationError("--exclude takes a pattern such as '*.tmp', not '\(text)'.") }
        self.glob = try Glob(body)
        self.isOfPaths = body.contains("/") || body.contains("**")
    }

    /// Whether the pattern matches a path, itself and not by a folder above it.
    ///
    /// - Parameters:
    ///   - path: The names from the folder of the transfer on; at least one.
    ///   - isFolder: Whether it is a folder.
    /// - Returns: Whether it does.
    func matches(_ path: ArraySlice<String>, isFolder: Bool) -> Bool {
        guard isFolder || !self.isFolderOnly, let name = path.last else { return false }
        if self.isAnchored { return self.glob.matches(path.joined(separator: "/")) }
        guard self.isOfPaths else { return self.glob.matches(name) }
        if self.glob.beginsWithAnything, self.glob.matches("/" + path.joined(separator: "/")) { return true }
        return path.indices.contains { self.glob.matches(path[$0...].joined(separator: "/")) }
    }
}

/// What a transfer leaves out.
struct Exclusion: Sendable, Hashable {
    /// A path is left out where one of these matches it, or a folder above it.
    var patterns: [ExcludePattern] = []

    /// Whether something in a folder that is not left out is.
    func covers(_ path: ArraySlice<String>, isFolder: Bool) -> Bool {
        self.patterns.contains { $0.matches(path, isFolder: isFolder) }
    }

    /// Whether a file is left out, by itself or by a folder above it.
    ///
    /// - Parameter path: Relative to the folder of the transfer, with slashes.
    /// - Returns: Whether it is.
    func coversFile(_ path: String) -> Bool {
        guard !self.patterns.isEmpty else { return false }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return parts.indices.contains { end in
            self.covers(parts[...end], isFolder: end < parts.endIndex - 1)
        }
    }
}
