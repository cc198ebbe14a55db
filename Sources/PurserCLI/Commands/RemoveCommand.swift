import ArgumentParser
import PurserIdentifiers

/// `purser rm`.
struct RemoveCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove files.",
        discussion: """
            Goes on when one of them fails.

            EXAMPLES:
              purser rm report.pdf
              purser rm archive/1.pdf archive/2.pdf
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var bucket: BucketOption

    @Argument(help: ArgumentHelp("Keys of the files.", valueName: "key"))
    var keys: [String]

    func run(in session: Session) async throws {
        // All names are looked at before the first file goes.
        let places = try self.keys.map { try self.bucket.place($0) }
        let console = session.console
        try await session.withService { service in
            var document = RemovedDocument()
            for place in places {
                do {
                    try await service.delete(place)
                    document.removed.append(place.key.text)
                    try console.done("removed \(place)")
                } catch {
                    try Task.checkCancellation()
                    let failure = CommandError(describing: error)
                    guard failure.code != CommandError.unreachable, !(error is ClosedOutput) else { throw error }
                    console.failure(failure, of: place.description)
                    document.failed.append(
                        BatchReport.Failure(name: place.key.text, error: failure)
                    )
                }
            }
            if console.style.isJSON { try console.result(JSONText.encode(document)) }
            guard document.failed.isEmpty else { throw FailedTransfers(count: document.failed.count) }
        }
    }
}

/// What `rm --json` says.
private struct RemovedDocument: Encodable {
    var removed: [String] = []
    var failed: [BatchReport.Failure] = []
}
