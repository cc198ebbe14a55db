import ArgumentParser
import Foundation
import Purser

/// `purser metrics series`.
struct MetricsSeriesCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "series",
        abstract: "Show how a metric went.",
        discussion: "A line for each step in which there were samples. Minutes come once they are over."
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    @Argument(help: ArgumentHelp("The metric, such as response_time.", valueName: "metric"))
    var metric: String

    @Option(
        help: ArgumentHelp(
            "The start: a time such as 2026-11-21T03:00:00Z; an hour before the end without this.",
            valueName: "time"
        )
    )
    var from: String?

    @Option(help: ArgumentHelp("The end; now without this.", valueName: "time"))
    var to: String?

    @Option(help: ArgumentHelp("Whole minutes that a line stands for, such as 5m; 1m without this.", valueName: "time"))
    var step: DurationArgument?

    func validate() throws {
        guard let step else { return }
        let (seconds, attoseconds) = step.duration.components
        guard attoseconds == 0, seconds >= 60, seconds % 60 == 0 else {
            throw ValidationError("--step takes whole minutes, such as 5m or 1h.")
        }
    }

    func run(in session: Session) async throws {
        let (metric, from, to) = (self.metric, self.from, self.to)
        let step = self.step.map { DurationText.exact($0.duration) }
        let data = try await session.withServer { service in
            try await service.series(of: metric, from: from, to: to, step: step)
        }
        guard !session.console.style.isJSON else {
            return try session.console.result(String(decoding: data, as: UTF8.self))
        }
        let series = try RemoteService.decode(SeriesDocument.self, from: data, by: DocumentCoding.decode)
        guard !series.points.isEmpty else { return session.console.note("there were no samples in that time") }
        try session.console.results(Self.lines(series))
    }

    private static func lines(_ series: SeriesDocument) -> [String] {
        let unit = BuiltInMetric(rawValue: series.metric)?.unit
        let rows = series.points.map { point in
            let figures = [point.mean, point.min, point.max, point.p50, point.p95, point.p99]
            return [point.start, "\(point.count)"] + figures.map { FigureText.metric($0, unit) }
        }
        return ColumnText.lines([["start", "count", "mean", "min", "max", "p50", "p95", "p99"]] + rows)
    }
}
