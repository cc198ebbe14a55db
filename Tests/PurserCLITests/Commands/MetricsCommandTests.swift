import ArgumentParser
import Foundation
import Purser
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserCLI

/// What a real server measured, as people and programs see it.
@Suite("Metrics", .timeLimit(.minutes(1)))
struct MetricsCommandTests {
    private struct Jam: OperationFailure {
        var failureCode: String { "paper_jam" }
        var failureMessage: String { "the paper is stuck" }
    }

    /// A server that stored three files, failed once at `scan`, and was told of a metric.
    private func serve(_ body: @Sendable (LiveService) async throws -> Void) async throws {
        // What is true of the machine must not meet what is tested.
        try await LiveService.run(.remote, { $0.monitor.alerts.rules = [] }) { live in
            for key in ["a", "b", "c"] { try await live.manager.upload(to: "default", key: key, bytes: [1, 2]) }
            await #expect(throws: Jam.self) { try await live.manager.withMonitoredOperation("scan") { throw Jam() } }
            try await body(live)
        }
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// What the document says of a kind of operation.
    private func count(_ field: String, of kind: String, in text: String) throws -> Int? {
        let performance = try self.object(text)["performance"] as? [String: Any]
        let operations = performance?["operations"] as? [String: [String: Any]]
        return operations?[kind]?[field] as? Int
    }

    @Test func aTableTellsOfKindsAndResources() async throws {
        try await self.serve { live in
            live.manager.monitor.alerts.raise(AlertEvent(name: "tape_full", severity: .error, message: "no tape left"))
            let (session, captured) = try live.session()
            try await MetricsRecordCommand.parse(["ocr.pages", "12"]).run(in: session)
            try await MetricsShowCommand.parse([]).run(in: session)
            let rows = captured.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            let upload = try #require(rows.first { $0.first == "upload" })
            #expect(upload[1...2] == ["3", "100.0%"])
            let scan = try #require(rows.first { $0.first == "scan" })
            #expect(scan[1...2] == ["1", "0.0%"])
            #expect(rows.first { $0.first == "all" } == ["all", "4", "75.0%"])
            let pages = try #require(rows.first { $0.first == "ocr.pages" })
            #expect(pages[1...2] == ["1", "12"])
            #expect(captured.output.contains("3 files in 1 bucket; 6 B, 2 B distinct"))
            #expect(captured.output.contains("deduplication 3 : 1"))
            #expect(captured.output.contains("alerts      1 open"))
            #expect(captured.output.contains("tape_full: no tape left"))
            for name in ["slots", "memory", "cpu", "storage", "savings", "disk", "network"] {
                #expect(rows.contains { $0.first == name }, "\(name)")
            }
        }
    }

    @Test func programsGetTheWholeDocument() async throws {
        try await self.serve { live in
            let (session, captured) = try live.session(isJSON: true)
            try await MetricsShowCommand.parse([]).run(in: session)
            #expect(captured.output.filter { $0 == "\n" }.count == 1)
            #expect(try self.count("succeeded", of: "upload", in: captured.output) == 3)
            #expect(try self.count("bytes", of: "upload", in: captured.output) == 6)
            #expect(try self.count("failed", of: "scan", in: captured.output) == 1)
        }
    }

    @Test func anExportIsWrittenInEachFormat() async throws {
        try await self.serve { live in
            let (session, captured) = try live.session()
            try await MetricsRecordCommand.parse(["ocr.pages", "12.5", "--tag", "language=de"]).run(in: session)
            let folder = live.folder.appending("exports")
            try folder.appending("m.csv").write("what was there before")
            for format in MetricsFormat.allCases {
                let path = folder.appending("m.\(format.rawValue)").string
                try await MetricsShowCommand.parse(["--output", path, "--format", format.rawValue]).run(in: session)
                #expect(captured.output.contains("wrote \(path) ("))
            }
            #expect(try folder.names() == ["m.csv", "m.json", "m.prometheus"], "nothing else is left")
            #expect(try self.count("succeeded", of: "upload", in: folder.appending("m.json").read()) == 3)
            let text = try folder.appending("m.prometheus").read()
            #expect(text.contains("\npurser_operations_total{kind=\"upload\",state=\"succeeded\"} 3\n"))
            let table = try folder.appending("m.csv").read()
            #expect(table.contains("\r\nocr.pages,none,1,12.5,12.5,12.5,12.5,"))

            // The server's own table has the same rows in the same order.
            let own = folder.appending("own.csv")
            try await live.manager.exportPerformanceMetrics(to: own, format: .csv)
            let names = { (text: String) in text.split(separator: "\r\n").map { $0.prefix { $0 != "," } } }
            let expected = try own.read()
            #expect(names(table) == names(expected))
        }
    }

    @Test func anExportGoesToStandardOutputAndThroughLinks() async throws {
        try await self.serve { live in
            let (session, captured) = try live.session()
            try await MetricsShowCommand.parse(["-o", "-", "--format", "csv"]).run(in: session)
            #expect(captured.output.hasPrefix("metric,unit,count,last,"))
            #expect(captured.output.hasSuffix("\r\n"))
            #expect(!captured.output.contains("wrote"))

            let file = live.folder.appending("file")
            let link = live.folder.appending("link")
            try file.write("before")
            try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: file.string)
            try await MetricsShowCommand.parse(["-o", link.string]).run(in: session)
            #expect(try FileStatus(of: link, followsLinks: false).kind == .link)
            #expect(try self.count("succeeded", of: "upload", in: file.read()) == 3)
        }
    }

    @Test func aRecordedSampleIsInTheSeries() async throws {
        try await LiveService.run(.remote) { live in
            let (session, captured) = try live.session()
            let series = try MetricsSeriesCommand.parse(["ocr.pages", "--step", "1h"])
            // Nothing was ever recorded under the name.
            await #expect(throws: CommandError.self) { try await series.run(in: session) }
            for value in ["12", "14"] {
                let arguments = ["ocr.pages", value, "--tag", "language=de", "--context", "page=a b"]
                try await MetricsRecordCommand.parse(arguments).run(in: session)
            }
            #expect(captured.output == "recorded 12 for ocr.pages\nrecorded 14 for ocr.pages\n")
            let sample = try #require(live.manager.monitor.operations.performance.samples(of: "ocr.pages").first)
            #expect(sample.value == 14)
            #expect(sample.tags == ["language": "de"])
            #expect(sample.context == ["page": "a b"])

            await live.manager.monitor.history.flush(isLast: true)
            let (machine, document) = try live.session(isJSON: true)
            try await series.run(in: machine)
            let points = try #require(try self.object(document.output)["points"] as? [[String: Any]])
            #expect(points.compactMap { $0["sum"] as? Double }.reduce(0, +) == 26)
            try await series.run(in: session)
            #expect(captured.output.contains("start "))
            #expect(captured.output.split(separator: "\n").count == 2 + 1 + points.count)
        }
    }

    @Test func aMetricThatThereIsNotIsAFailureThatNamesThoseThereAre() async throws {
        try await LiveService.run(.remote, { $0.monitor.userMetrics = ["ocr.lines"] }) { live in
            let (session, captured) = try live.session()
            try live.manager.record("ocr.pages", 1)
            let command = try MetricsSeriesCommand.parse(["respons_time"])
            let error = try #require(await #expect(throws: CommandError.self) { try await command.run(in: session) })
            #expect(error.code == "unknown_metric" && error.status == .failed)
            for name in ["'respons_time'", "response_time", "ocr.pages", "ocr.lines"] {
                #expect(error.message.contains(name), "\(error.message)")
            }
            #expect(captured.output == "" && captured.diagnostics == "")
        }
    }

    /// Purser's own of which nothing was measured, one that only the settings name, and one at another time.
    @Test(arguments: [
        ["document_processing_time"], ["ocr.lines"],
        ["ocr.pages", "--from", "2020-01-01T00:00:00Z", "--to", "2020-01-01T01:00:00Z"],
    ])
    func aTimeWithoutSamplesIsNoFailure(_ arguments: [String]) async throws {
        try await LiveService.run(.remote, { $0.monitor.userMetrics = ["ocr.lines"] }) { live in
            try live.manager.record("ocr.pages", 1)
            let (session, captured) = try live.session()
            try await MetricsSeriesCommand.parse(arguments).run(in: session)
            #expect(captured.output == "")
            #expect(captured.diagnostics == "there were no samples in that time\n")
            let (machine, document) = try live.session(isJSON: true)
            try await MetricsSeriesCommand.parse(arguments).run(in: machine)
            let series = try self.object(document.output)
            #expect(series["metric"] as? String == arguments[0])
            #expect((series["points"] as? [Any])?.isEmpty == true)
        }
    }

    @Test(arguments: [
        (["x", "--from", "yesterday"], "invalid_parameter"), (["No Metric"], "invalid_metric_name"),
        (["x", "--from", "2026-01-02T00:00:00Z", "--to", "2026-01-01T00:00:00Z"], "invalid_time_range"),
        (["x", "--from", "0"], "too_many_points"),
    ])
    func whatTheServerRefusesIsAFailure(_ arguments: [String], _ code: String) async throws {
        try await LiveService.run(.remote) { live in
            let (session, captured) = try live.session()
            let command = try MetricsSeriesCommand.parse(arguments)
            let error = await #expect(throws: CommandError.self) { try await command.run(in: session) }
            #expect(error?.code == code)
            #expect(error?.status == .failed)
            #expect(captured.output == "")
        }
    }

    @Test func anImpossibleSampleIsRefused() async throws {
        try await LiveService.run(.remote) { live in
            let (session, _) = try live.session()
            for (arguments, code) in [
                (["Bad Name", "1"], "invalid_metric_name"), (["queue_wait", "1"], "reserved_metric_name"),
                (["x", "1e300"], "invalid_metric_value"), (["x", "1", "--tag", "ä=1"], "invalid_tags"),
            ] {
                let command = try MetricsRecordCommand.parse(arguments)
                let error = await #expect(throws: CommandError.self) { try await command.run(in: session) }
                #expect(error?.code == code, "\(arguments)")
            }
            #expect(live.manager.monitor.operations.performance.samples(of: "x").isEmpty)
        }
    }
}
