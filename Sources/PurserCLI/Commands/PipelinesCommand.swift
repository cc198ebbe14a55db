import ArgumentParser
import Foundation
import Purser

/// `purser pipelines`.
struct PipelinesCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipelines",
        abstract: "List the pipelines, and what those lack that cannot run.",
        discussion: """
            With NAME it shows one with its parameters and steps.

            EXAMPLES:
              purser pipelines
              purser pipelines document
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("Only this one.", valueName: "name"))
    var name: String?

    func run(in session: Session) async throws {
        let name = self.name
        let data = try await session.withService { try await $0.pipelines() }
        let list = try RemoteService.decode(PipelineSummaryList.self, from: data, by: DocumentCoding.decode)
        guard let name else {
            guard !session.console.style.isJSON else { return try session.console.result(data: data) }
            try session.console.results(list.pipelines.flatMap(\.lines))
            if list.pipelines.isEmpty { session.console.note("there are no pipelines") }
            return
        }
        let pipeline = try list.pipeline(name)
        guard !session.console.style.isJSON else { return try session.console.result(Self.document(name, in: data)) }
        try session.console.results(pipeline.facts)
    }

    /// One pipeline of the document, as the service wrote it.
    private static func document(_ name: String, in data: Data) throws -> String {
        let list = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let pipelines = list?["pipelines"] as? [[String: Any]] ?? []
        guard let found = pipelines.first(where: { $0["name"] as? String == name }) else {
            throw CommandError("the server's answer cannot be understood; it may be of another version")
        }
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try JSONSerialization.data(withJSONObject: found, options: options), as: UTF8.self)
    }
}
