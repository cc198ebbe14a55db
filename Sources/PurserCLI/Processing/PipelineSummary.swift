import Foundation
import Purser

/// A pipeline, as far as people are shown it.
struct PipelineSummary: Decodable, Sendable {
    struct Parameter: Decodable, Sendable {
        var name: String
        var type: String
    }

    struct Step: Decodable, Sendable {
        var name: String
        var uses: String
    }

    var name: String
    var version: String
    var description: String
    var state: String
    var reason: String?
    /// Not told by servers of older versions.
    var warnings: [String]?
    var parameters: [Parameter]
    var steps: [Step]

    /// A line of a list, and more where it cannot run, or something is missing.
    var lines: [String] {
        let line =
            "\(self.name.padding(to: 16))  \(self.version.padding(to: 6))  "
            + "\(self.state.padding(to: 11))  \(self.description)"
        return [line] + ([self.reason].compactMap(\.self) + (self.warnings ?? [])).map { "  \($0)" }
    }

    /// All that people may want to know of it, a line each.
    var facts: [String] {
        let facts: [(String, String?)] = [
            ("pipeline", self.name), ("version", self.version), ("about", self.description), ("state", self.state),
            ("reason", self.reason),
        ]
        return facts.compactMap { name, text in text.map { "\(name.padding(to: 9)) \($0)" } }
            + (self.warnings ?? []).map { "warning   \($0)" }
            + self.parameters.map { "parameter \($0.name) (\($0.type))" }
            + self.steps.map { "step      \($0.name) (\($0.uses))" }
    }
}

/// All pipelines.
struct PipelineSummaryList: Decodable, Sendable {
    var pipelines: [PipelineSummary]

    /// Asks for them.
    static func fetch(from service: any JobService) async throws -> PipelineSummaryList {
        try RemoteService.decode(
            PipelineSummaryList.self,
            from: try await service.pipelines(),
            by: DocumentCoding.decode
        )
    }

    /// A pipeline.
    ///
    /// - Throws: ``CommandError`` `pipeline_not_found` where there is none of that name.
    func pipeline(_ name: String) throws -> PipelineSummary {
        if let found = self.pipelines.first(where: { $0.name == name }) { return found }
        let names = self.pipelines.map(\.name).joined(separator: ", ")
        throw CommandError(
            "there is no pipeline '\(name)'; \(names.isEmpty ? "there are none" : "there are \(names)")",
            code: "pipeline_not_found"
        )
    }
}
