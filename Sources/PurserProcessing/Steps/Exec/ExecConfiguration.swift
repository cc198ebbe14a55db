/// What a step `exec` runs, and what comes of it.
struct ExecConfiguration: Sendable {
    /// A file that the program makes.
    struct Output: Sendable, Hashable {
        var name: String
        var contentType: String
        /// Whether it need not be there.
        var isOptional: Bool
        var isKept: Bool
    }

    /// Files that the program makes in a folder, whose names are not known before.
    struct Collection: Sendable, Hashable {
        /// Under the step's folder.
        var folder: String
        var contentType: String
        var maxFiles: Int
        var isKept: Bool
    }

    /// How a program is kept for many files.
    struct Persistence: Sendable, Hashable {
        var workers: Int
        /// How long one without work is kept.
        var idle: Duration
        /// How long one may take until it is ready.
        var startLimit: Duration
    }

    var tool: Tool
    var arguments: [ExecTemplate] = []
    var environment: [String: ExecTemplate] = [:]
    var outputs: [Output] = []
    var collection: Collection?
    /// Whether the last line of standard output is a JSON object with findings.
    var hasValues = false
    var successCodes: Set<Int32> = [0]
    /// Exit codes after which another try may succeed.
    var transientCodes: Set<Int32> = [75]
    var isCached = true
    var addressSpace: Int?
    var persistence: Persistence?

    /// All that decides what the program makes of a content; `nil` where something else does.
    var identity: String? {
        let templates = self.arguments + self.environment.values
        guard self.isCached, !templates.contains(where: { $0.places.contains(where: \.dependsOnName) }) else {
            return nil
        }
        var parts = [self.tool.program] + self.arguments.map(\.source)
        parts += self.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.source)" }
        parts += self.outputs.map { "\($0.name) \($0.contentType) \($0.isOptional) \($0.isKept)" }
        if let collection { parts.append("\(collection.folder) \(collection.contentType) \(collection.isKept)") }
        parts.append("\(self.hasValues) \(self.successCodes.sorted()) \(self.persistence != nil)")
        // No part contains a zero byte that the kernel would take.
        return parts.joined(separator: "\0")
    }
}
