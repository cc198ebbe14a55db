import Foundation
import Purser

/// What a job did with one file, as far as people are shown it.
struct JobItemSummary: Decodable, Sendable {
    struct Failure: Codable, Sendable {
        var step: String?
        var code: String
        var message: String
        var severity: String?
        var recoverable: Bool?
    }

    struct Step: Decodable, Sendable {
        var name: String
        var state: String
        var durationSeconds: Double
        var cached: Bool
        var fallback: String?
        var error: Failure?
    }

    struct Output: Decodable, Sendable {
        var bucket: String
        var key: String
    }

    var bucket: String
    var key: String
    var state: String
    var durationSeconds: Double?
    var cached: Bool?
    var error: Failure?
    var steps: [Step]
    var outputs: [Output]

    /// Whether it has no result, though it was to have one.
    var isFailed: Bool { !["succeeded", "skipped", "queued", "running"].contains(self.state) }

    /// What failed, in one line.
    var failure: CommandError {
        guard let error else { return CommandError("the file is \(self.state)", code: self.state) }
        return CommandError(error.message + (error.step.map { " (step \($0))" } ?? ""), code: error.code)
    }

    /// What was done with it: a line for the file, and those below it for its steps, its failure and its results.
    var lines: [String] {
        let duration = self.durationSeconds.map { TimeText.short(seconds: $0) } ?? "-"
        let cached = self.cached == true ? "  (from the cache)" : ""
        var lines = ["\(self.state.padding(to: 11))  \(duration.padded(to: 8))  \(self.key)\(cached)"]
        lines += self.steps.filter { $0.state != "not_run" }.map { "  \($0.line)" }
        if let error {
            let hint = error.recoverable == true ? "; something can be done about it" : ""
            lines.append("  \(error.severity ?? "error"): \(error.message) (\(error.code))\(hint)")
        }
        return lines + self.outputs.map { "  -> \($0.bucket)/\($0.key)" }
    }
}

extension JobItemSummary.Step {
    fileprivate var line: String {
        let duration = self.cached ? "cached" : TimeText.short(seconds: self.durationSeconds)
        let fallback = self.fallback.map { "  instead: \($0)" } ?? ""
        let error = self.error.map { "  \($0.message) (\($0.code))" } ?? ""
        return "\(self.state.padding(to: 9))  \(duration.padded(to: 8))  \(self.name)\(fallback)\(error)"
    }
}

/// A page of what a job did.
struct JobReportSummary: Decodable, Sendable {
    var items: [JobItemSummary]
    var nextCursor: String?

    /// Hands out all pages of a report, one at a time.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - service: Who knows it.
    ///   - deliver: Gets the files of a page.
    /// - Throws: An error of the service; what `deliver` throws.
    static func pages(
        of id: String,
        from service: any JobService,
        _ deliver: ([JobItemSummary]) throws -> Void
    ) async throws {
        var cursor: String?
        repeat {
            let page = try RemoteService.decode(
                JobReportSummary.self,
                from: try await service.jobReport(id, after: cursor, limit: 1000),
                by: DocumentCoding.decode
            )
            try deliver(page.items)
            cursor = page.nextCursor
        } while cursor != nil
    }
}
