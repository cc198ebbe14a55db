import Foundation
import NIOCore
import PurserMonitor
import PurserTestSupport
import SystemPackage
import Testing

@testable import Purser

/// Real exports hold to the published schema, as a validator of its own sees it.
@Suite(.timeLimit(.minutes(2))) struct MetricsSchemaTests {
    private struct SampleError: Error {}

    private func validate(_ path: FilePath, _ options: String...) async throws -> ToolOutcome {
        let script = repository.appending(path: "scripts/validate-json.py").path
        let schema = repository.appending(path: "docs/metrics.schema.json").path
        return try await runTool("python3", [script] + options + [schema, path.string])
    }

    private func expectValid(_ path: FilePath) async throws {
        let open = try await self.validate(path)
        #expect(open.status == 0, "\(open.output)")
        let closed = try await self.validate(path, "--closed")
        #expect(closed.status == 0, "not in the schema: \(closed.output)")
    }

    /// Does something of everything that is measured.
    private func work(_ manager: FileStorageManager, _ outside: FilePath) async throws {
        for number in 0..<12 {
            let key = try FileKey("files/\(number % 10)")
            let body = sampleBytes(number.isMultiple(of: 2) ? 100 : 400_000, seed: UInt64(number / 2))
            let source = outside.appending("\(number)")
            try Data(body).write(to: URL(filePath: source.string))
            try await manager.upload(to: .default, key: key, file: source)
            try await manager.download(from: .default, key: key, to: outside.appending("back-\(number)"))
        }
        _ = try manager.list(ListRequest(bucket: .default, prefix: "files/"))
        try await manager.delete(from: .default, key: FileKey("files/0"))
        await #expect(throws: (any Error).self) { try await manager.delete(from: .default, key: FileKey("absent")) }
        await #expect(throws: SampleError.self) {
            try await manager.withOperation("failing") { _ in throw SampleError() }
        }
        await #expect(throws: CancellationError.self) {
            try await manager.withMonitoredOperation("layout", metadata: ["page": "1"]) { throw CancellationError() }
        }
        try manager.record("ocr.pages", 12, tags: ["language": "de"], context: ["page": "12"])
        try manager.record("cpu_usage", 12)
        #expect(throws: MonitorError.self) { try manager.record("no name", 1) }
        for _ in 0..<2 {
            let figures = await manager.monitor.machine.look()
            await manager.monitor.note(figures)
        }
        await manager.monitor.alerts.save()
        manager.monitor.alerts.raise(AlertEvent(.contentDamaged, subject: "x", message: "two bytes differ"))
        manager.monitor.alerts.raise(AlertEvent(.memoryElevated, message: "much", value: 5, threshold: 4))
        let alert = try #require(manager.alerts().first)
        try await manager.acknowledgeAlert(alert.id)
    }

    @Test func exportOfABusyServiceIsValid() async throws {
        try await withManager { manager, outside in
            try await self.work(manager, outside)
            let path = outside.appending("metrics.json")
            try await manager.exportPerformanceMetrics(to: path)
            try await self.expectValid(path)

            let data = try Data(contentsOf: URL(filePath: path.string))
            let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect((document["metrics"] as? [String: Any])?["ocr.pages"] != nil)
            #expect((document["alerts"] as? [Any])?.count == 2)
            #expect((document["samples"] as? [String: Any])?["refused"] as? Int == 1)
        }
    }

    @Test func exportOfAnIdleServiceIsValid() async throws {
        try await withManager { manager, outside in
            let path = outside.appending("metrics.json")
            try await manager.exportPerformanceMetrics(to: path)
            try await self.expectValid(path)
        }
    }

    @Test func exportOfAServiceThatMeasuresNothingIsValid() async throws {
        try await withManager {
            $0.monitor.measuring.isEnabled = false
        } _: { manager, outside in
            let path = outside.appending("metrics.json")
            try await manager.exportPerformanceMetrics(to: path)
            try await self.expectValid(path)
        }
    }

    @Test(arguments: [
        ("\"version\":1", "\"version\":2"), ("\"unit\":\"seconds\"", "\"unit\":\"hours\""),
        ("\"generated_at\"", "\"made_at\""), ("\"files\":0", "\"files\":-1"),
    ])
    func documentThatIsWrongIsRefused(_ right: String, _ wrong: String) async throws {
        try await withManager { manager, outside in
            let path = outside.appending("metrics.json")
            try await manager.exportPerformanceMetrics(to: path)
            let text = try String(contentsOfFile: path.string, encoding: .utf8)
            try #require(text.contains(right))
            try text.replacing(right, with: wrong).write(toFile: path.string, atomically: true, encoding: .utf8)
            let outcome = try await self.validate(path)
            #expect(outcome.status == 1 && outcome.output.contains("metrics.json: $"), "\(outcome.output)")
        }
    }
}
