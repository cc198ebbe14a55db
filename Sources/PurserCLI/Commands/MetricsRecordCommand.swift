import ArgumentParser

/// `purser metrics record`.
struct MetricsRecordCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record a sample of a metric of your own.",
        discussion: """
            A negative VALUE stands behind --.

            EXAMPLES:
              purser metrics record ocr.pages 12 --tag language=de
              purser metrics record backup.seconds 341.5 --context host=archive
              purser metrics record freezer.celsius -- -18
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The metric: small letters, digits, dots and underscores.", valueName: "name"))
    var name: String

    @Argument(help: ArgumentHelp("The value.", valueName: "value"))
    var value: Double

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("A label of few values, by which samples are told apart.", valueName: "key=value")
    )
    var tags: [SettingFlag] = []

    @Option(
        name: .customLong("context"),
        help: ArgumentHelp("A fact that is kept with the sample and is no label.", valueName: "key=value")
    )
    var context: [SettingFlag] = []

    func validate() throws {
        guard self.value.isFinite else { throw ValidationError("VALUE takes a finite number.") }
        _ = try Self.dictionary(self.tags, of: "--tag")
        _ = try Self.dictionary(self.context, of: "--context")
    }

    func run(in session: Session) async throws {
        let sample = RecordedSample(
            metric: self.name,
            value: self.value,
            tags: try Self.dictionary(self.tags, of: "--tag"),
            context: try Self.dictionary(self.context, of: "--context")
        )
        try await session.withServer { try await $0.record(sample) }
        if session.console.style.isJSON { try session.console.result(JSONText.encode(sample)) }
        try session.console.done("recorded \(FigureText.metric(sample.value, nil)) for \(sample.metric)")
    }

    private static func dictionary(_ items: [SettingFlag], of option: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for item in items where values.updateValue(item.value, forKey: item.key) != nil {
            throw ValidationError("\(option) takes each name once; '\(item.key)' is there twice.")
        }
        return values
    }
}
