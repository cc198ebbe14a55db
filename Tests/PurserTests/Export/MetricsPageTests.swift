import Foundation
import PurserMonitor
import PurserTestSupport
import Testing

@testable import Purser

/// The pages on metrics and alerts name what there is, no less and no more.
@Suite struct MetricsPageTests {
    /// The lines of the tables of a page, between two of its headings.
    private func rows(of page: String, from first: String, to last: String) throws -> Set<String> {
        let url = repository.appending(path: "docs/\(page)")
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex(of: first), "\(page) has no '\(first)'")
        let end = try #require(lines.firstIndex(of: last), "\(page) has no '\(last)'")
        return Set(lines[start..<end].filter { $0.hasPrefix("| `") })
    }

    private func row(_ cells: [String]) -> String {
        cells.map { $0.isEmpty ? "|" : "| \($0)" }.joined(separator: " ") + " |"
    }

    @Test func everyExportedMetricIsOnThePageAndNoOther() throws {
        let written = try self.rows(of: "metrics.md", from: "## Prometheus", to: "| label | values |")
        let code = ExportedMetric.all.map { metric in
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            return self.row(["`\(metric.fullName)`", metric.kind.rawValue, labels, metric.help])
        }
        #expect(Set(code).count == code.count)
        #expect(Set(code).subtracting(written).sorted() == [], "metrics that the page lacks")
        #expect(written.subtracting(code).sorted() == [], "what the page has beyond the metrics")
    }

    @Test func everyLabelIsExplained() throws {
        let written = try self.rows(of: "metrics.md", from: "| label | values |", to: "## Exports")
        let explained = Set(written.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) })
        let labels = Set(ExportedMetric.all.flatMap(\.labels)).subtracting(["quantile"])
        #expect(explained == labels)
    }

    @Test func everyBuiltInMetricIsOnThePageAndNoOther() throws {
        let written = try self.rows(of: "metrics.md", from: "## Built-in metrics", to: "## Metrics of your own")
        let told = Set(
            written.map { row in
                row.split(separator: "|", omittingEmptySubsequences: false)[1...3]
                    .map { $0.trimmingCharacters(in: .whitespaces) }
            }
        )
        let code = Set(
            BuiltInMetric.allCases.map { metric in
                ["`\(metric.rawValue)`", metric.unit.rawValue, metric.subjectTag.map { "`\($0)`" } ?? ""]
            }
        )
        #expect(code.subtracting(told) == [])
        #expect(told.subtracting(code) == [])
    }

    @Test func everyShippedRuleAndEventIsOnThePageAndNoOther() throws {
        func names(_ rows: Set<String>) -> Set<String> {
            Set(
                rows.flatMap { row in
                    row.split(separator: "|")[0].split(separator: "`").filter { $0.first != " " && $0.first != "," }
                }.map(String.init)
            )
        }
        let rules = try self.rows(of: "alerts.md", from: "## Rules that are there from the start", to: "## Events")
        #expect(names(rules) == Set(AlertRule.shipped.map(\.name)))
        let events = try self.rows(of: "alerts.md", from: "## Events", to: "## Who is told, and when not")
        #expect(names(events) == Set(EventAlert.allCases.map(\.rawValue)))
    }

    @Test func thresholdsOnThePageAreThoseThatAreBuiltIn() throws {
        func seconds(_ duration: Duration) -> String {
            let text = "\(duration.exactSeconds)"
            return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " s"
        }
        func cells(_ limits: DurationLimits) -> [String] {
            [seconds(limits.warning), seconds(limits.critical), seconds(limits.maximum)]
        }
        let url = repository.appending(path: "docs/metrics.md")
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        let thresholds = DurationThresholds()
        #expect(!thresholds.kinds.isEmpty)
        for (kind, limits) in thresholds.kinds {
            let row = lines.first {
                $0.hasPrefix("| `\(kind)`") && $0.hasSuffix(self.row([""] + cells(limits)).dropFirst())
            }
            #expect(row != nil, "\(kind) \(cells(limits))")
        }
        #expect(lines.contains { $0 == self.row(["any other"] + cells(thresholds.standard)) })
    }
}
