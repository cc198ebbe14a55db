import Crypto
import Glibc
import Synchronization

/// The files that a step's arguments and environment name, such as the script of an interpreter: what stands in them decides
/// what comes of a content as much as the program itself.
///
/// Only texts that the pipeline says in whole are looked at: the first argument that is a path, such as a script, each
/// `--option=PATH`, and paths in the environment. Further paths among the arguments may be files that the program writes, such
/// as a log: results would never be found again. What comes in for braces belongs to the key of a result anyway, and what a
/// program opens beside that nobody knows.
final class NamedFiles: Sendable {
    /// Larger files are told from what they were by size and time alone.
    private static let maxHashedBytes: Int64 = 1 << 20

    private struct Known {
        var identity: FileIdentity
        var content: String
    }

    private let paths: [String]
    private let known = Mutex<[String: Known]>([:])

    /// Looks for paths in the texts of a step.
    init(arguments: [ExecTemplate], environment: some Sequence<ExecTemplate>) {
        let script = arguments.lazy.compactMap(Self.path).first
        let options = arguments.compactMap(Self.optionPath)
        let values = environment.compactMap { Self.path($0) ?? Self.optionPath($0) }
        self.paths = Set([script].compactMap(\.self) + options + values).sorted()
    }

    /// What tells the files from what they were; empty where none is named, or there.
    ///
    /// Blocks for a look at each file, and for reading those that have changed.
    var identity: String {
        let told = self.paths.compactMap { path in self.content(of: path).map { "\(path)\0\($0)" } }
        return told.joined(separator: "\0")
    }

    /// The digest of a file, or what is said of a large one; `nil` where there is no regular file.
    private func content(of path: String) -> String? {
        guard let identity = FileIdentity(file: path) else { return nil }
        if let known = self.known.withLock({ $0[path] }), known.identity == identity { return known.content }
        let content = Self.digest(of: path, identity) ?? identity.description
        self.known.withLock { $0[path] = Known(identity: identity, content: content) }
        return content
    }

    private static func digest(of path: String, _ identity: FileIdentity) -> String? {
        // Reading follows no links.
        guard identity.size <= Self.maxHashedBytes, let target = realpath(path, nil) else { return nil }
        defer { free(target) }
        var hash = SHA256()
        do {
            try ContentChunks.read(String(cString: target)) { hash.update(bufferPointer: $0) }
        } catch {
            // Perhaps only its program may read it: its size and time are known all the same.
            return nil
        }
        return hash.finalize().description
    }

    /// The path that a text is.
    private static func path(_ template: ExecTemplate) -> String? {
        guard template.places.isEmpty, let text = template.beginning, text.hasPrefix("/") else { return nil }
        return text
    }

    /// The path that an option has behind its first `=`.
    private static func optionPath(_ template: ExecTemplate) -> String? {
        guard template.places.isEmpty, let text = template.beginning else { return nil }
        guard text.hasPrefix("-"), let sign = text.firstIndex(of: "=") else { return nil }
        let value = text[text.index(after: sign)...]
        return value.hasPrefix("/") ? String(value) : nil
    }
}
