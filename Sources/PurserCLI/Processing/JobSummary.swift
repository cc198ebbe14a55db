import Foundation
import Purser

/// A job, as far as people are shown it.
struct JobSummary: Decodable, Sendable {
    struct Files: Decodable, Sendable {
        var total: Int64
        var succeeded: Int64
        var failed: Int64
        var skipped: Int64
        var cached: Int64
    }

    struct Progress: Decodable, Sendable {
        var fraction: Double?
        var message: String?
    }

    struct Failure: Decodable, Sendable {
        var code: String
        var message: String
    }

    var id: String
    var pipeline: String
    var state: String
    var progress: Progress?
    var estimatedSecondsRemaining: Double?
    var files: Files
    /// Why it cannot be taken up for a while.
    var waiting: Failure?
    var error: Failure?
    var createdAt: String
    var startedAt: String?
    var endedAt: String?

    /// Reads a job's document.
    static func read(_ data: Data) throws -> JobSummary {
        try RemoteService.decode(JobSummary.self, from: data, by: DocumentCoding.decode)
    }

    /// Whether nothing about it will change any more.
    var isOver: Bool { self.state != "queued" && self.state != "running" }

    /// How far it is, for the bar.
    var runProgress: RunProgress {
        let ended = self.files.succeeded + self.files.failed + self.files.skipped
        let done = self.files.total > 0 ? Double(ended) / Double(self.files.total) : 0
        return RunProgress(
            fraction: self.progress?.fraction ?? done,
            step: "\(self.pipeline)  \(self.progress?.message ?? "\(ended) of \(self.files.total) files")",
            remaining: self.estimatedSecondsRemaining
        )
    }

    /// What became of its files, in a few words.
    var counts: String {
        let files = self.files
        var parts = ["\(files.succeeded) of \(files.total) \(files.total == 1 ? "file" : "files")"]
        if files.failed > 0 { parts.append("\(files.failed) failed") }
        if files.skipped > 0 { parts.append("\(files.skipped) skipped") }
        if files.cached > 0 { parts.append("\(files.cached) from the cache") }
        return parts.joined(separator: ", ")
    }

    /// A line of a list.
    var line: String {
        "\(self.id)  \(self.createdAt)  \(self.pipeline.padding(to: 12))  \(self.state.padding(to: 9))  \(self.counts)"
    }

    /// All that people may want to know of it, a line each.
    var lines: [String] {
        let percent = self.progress?.fraction.map { "\(Int($0 * 100))%" }
        let left = self.estimatedSecondsRemaining.map { ", \(TimeText.clock(.seconds($0))) left" } ?? ""
        let facts: [(String, String?)] = [
            ("job", self.id), ("pipeline", self.pipeline), ("state", self.state), ("files", self.counts),
            ("progress", self.isOver ? nil : percent.map { "\($0)\(left)" }),
            ("waits for", self.waiting.map { "\($0.message) (\($0.code))" }),
            ("error", self.error.map { "\($0.message) (\($0.code))" }), ("created", self.createdAt),
            ("started", self.startedAt), ("ended", self.endedAt),
        ]
        return facts.compactMap { name, text in text.map { "\(name.padding(to: 9)) \($0)" } }
    }
}

/// A page of jobs.
struct JobSummaryList: Decodable, Sendable {
    var jobs: [JobSummary]
    var nextCursor: String?
}
