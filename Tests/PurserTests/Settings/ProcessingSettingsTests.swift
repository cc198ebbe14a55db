import Foundation
import Purser
import PurserTestSupport
import SystemPackage
import Testing

/// `processing.*`, and the pipelines that it leads to.
@Suite struct ProcessingSettingsTests {
    private static let pipeline = """
        name: copy
        version: "1"
        steps:
          - name: copying
            uses: exec
            with: {program: cp, arguments: ["{input}", "{output:copy}"], outputs: [{name: copy}]}
        """

    private func read(_ flags: [String: String], file: String? = nil) async throws -> ProcessingSettings {
        let settings = try await SettingsReader(file: file, environment: [:], flags: flags)
        let configuration = PurserConfiguration(reading: settings)
        try settings.finish(ignoring: ["server.", "log."])
        return configuration.processing
    }

    /// Writes pipelines into a folder `pipelines`, beside a file of settings.
    private func withFolder(
        _ pipelines: [String: String],
        settings: String = "processing:\n  enabled: true\n",
        _ body: (_ file: String, _ folder: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { root in
            let folder = root.appending("pipelines").string
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            for (name, text) in pipelines {
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            let file = root.appending("purser.yaml").string
            try Data(settings.utf8).write(to: URL(filePath: file))
            try await body(file, folder)
        }
    }

    @Test func everyKeyIsTaken() async throws {
        try await self.withFolder(["copy.yaml": Self.pipeline]) { _, folder in
            let processing = try await self.read([
                "processing.enabled": "false", "processing.pipelines": folder, "processing.path": "/opt/bin:/bin",
                "processing.workers": "3", "processing.batch": "7", "processing.file_timeout": "90s",
                "processing.max_inputs": "500", "processing.output_prefix": "results",
                "processing.quarantine_prefix": "bad", "processing.keep_jobs": "9", "processing.keep_jobs_for": "2d",
                "processing.allow_private_urls": "true", "processing.cache.memory": "1MiB",
                "processing.cache.memory_ttl": "5m", "processing.cache.disk": "2GB", "processing.cache.disk_ttl": "7d",
                "processing.breaker.failures": "2", "processing.breaker.pause": "10s",
                "processing.triggers":
                    "[{name: up, pipeline: copy, bucket: scans, prefix: in/, types: [image/*], priority: background}, "
                    + "{name: nightly, pipeline: copy, schedule: 0 4 * * *, time_zone: Europe/Berlin}, "
                    + "{name: often, pipeline: copy, schedule: 6h, parameters: {}}]",
            ])
            #expect(!processing.isEnabled && processing.folder == folder && processing.path == ["/opt/bin", "/bin"])
            let jobs = processing.jobs
            #expect(jobs.workers == 3 && jobs.batch == 7 && jobs.fileTimeout == .seconds(90) && jobs.maxInputs == 500)
            #expect(jobs.outputPrefix == "results" && jobs.quarantinePrefix == "bad")
            #expect(jobs.keptJobs == 9 && jobs.keptFor == .seconds(2 * 86_400))
            #expect(processing.allowsPrivateURLs && processing.breakerFailures == 2)
            #expect(processing.breakerPause == .seconds(10))
            #expect(processing.cache.memoryBytes == 1 << 20 && processing.cache.memoryLifetime == .seconds(300))
            #expect(processing.cache.diskBytes == 2_000_000_000)
            #expect(processing.cache.diskLifetime == .seconds(7 * 86_400))
            let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
            let (first, second, third) = (jobs.triggers[0], jobs.triggers[1], jobs.triggers[2])
            let scans = try BucketName("scans")
            #expect(first.event == .upload && first.bucket == scans && first.prefix == "in/")
            #expect(first.types == ["image/*"] && first.priority == .background)
            #expect(second.event == .schedule(.cron(try CronExpression("0 4 * * *")), berlin))
            #expect(third.event == .schedule(.interval(.seconds(6 * 3_600)), .current))
        }
    }

    @Test(arguments: [
        ("processing.workers", "0"), ("processing.workers", "many"), ("processing.batch", "-1"),
        ("processing.file_timeout", "0s"), ("processing.path", "bin:/usr/bin"), ("processing.max_inputs", "0"),
        ("processing.output_prefix", "/out"), ("processing.output_prefix", "out/"), ("processing.keep_jobs", "-1"),
        ("processing.cache.memory", "much"), ("processing.cache.disk_ttl", "0s"), ("processing.breaker.failures", "0"),
        ("processing.triggers", "[{name: a}]"), ("processing.triggers", "[{name: a, pipeline: nope}]"),
        ("processing.triggers", "[{name: a, pipeline: nope, when: now}]"),
        ("processing.triggers", "[{name: a, pipeline: nope, schedule: 61 * * * *}]"),
        ("processing.triggers", "[{name: a, pipeline: nope, priority: high}]"),
        ("processing.triggers", "[{name: a, pipeline: nope, bucket: A}]"), ("processing.magic", "true"),
    ])
    func whatCannotBeIsRefusedByItsKey(_ key: String, _ value: String) async throws {
        let error = await #expect(throws: SettingsError.self) { _ = try await self.read([key: value]) }
        let problems = try #require(error).problems
        #expect(problems.count == 1 && problems.allSatisfy { $0.key.hasPrefix(key) }, "\(problems)")
    }

    @Test func pipelinesLieBesideTheFileOfSettings() async throws {
        try await self.withFolder(["copy.yaml": Self.pipeline, "notes.txt": "none"]) { file, folder in
            let shipped = try await self.read([:], file: file)
            #expect(shipped.folder == folder)
            let off = try await self.read(["processing.pipelines": "none"], file: file)
            #expect(off.folder == nil)
            let alone = try await self.read([:])
            #expect(alone.folder == nil)
            let trigger = "[{name: a, pipeline: copy}]"
            let triggered = try await self.read(["processing.triggers": trigger], file: file)
            #expect(triggered.jobs.triggers.count == 1)
        }
    }

    @Test func brokenPipelineIsNamedWithItsLineAndReason() async throws {
        let broken = Self.pipeline.replacing("uses: exec", with: "uses: magic")
        try await self.withFolder(["copy.yaml": Self.pipeline, "other.yaml": broken]) { file, folder in
            let error = await #expect(throws: SettingsError.self) { _ = try await self.read([:], file: file) }
            let problems = try #require(error).problems
            #expect(problems.map(\.key) == ["\(folder)/other.yaml:5"])
            #expect(problems.first?.message.contains("magic") == true)
        }
        await #expect(throws: SettingsError.self) {
            _ = try await self.read(["processing.pipelines": "/no/such/folder"])
        }
    }

    @Test func shippedPipelinesAreWell() async throws {
        let file = repository.appending(path: "config/purser.yaml").path
        let folder = try #require(try await self.read([:], file: file).folder)
        let library = PipelineLibrary(folder: folder)
        #expect(library.problems == [])
        #expect(library.pipelines.map(\.name) == ["document", "image", "text"])
    }
}
