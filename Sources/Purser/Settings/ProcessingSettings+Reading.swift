import Foundation
import PurserOperations
import PurserProcessing

extension ProcessingSettings {
    init(reading settings: SettingsReader) {
        self.init()
        self.isEnabled = settings.boolean("processing.enabled", default: self.isEnabled)
        self.folder = Self.folder(settings)
        self.path = settings.read(
            "processing.path",
            default: self.path,
            accepts: "absolute folders, separated by colons",
            write: { $0.joined(separator: ":") },
            parse: { text in
                let folders = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
                return folders.allSatisfy { $0.hasPrefix("/") } ? folders : nil
            }
        )
        self.jobs.read(settings)
        self.cache.read(settings)
        self.breakerFailures = settings.integer(
            "processing.breaker.failures",
            default: self.breakerFailures,
            in: 1...1_000
        )
        self.breakerPause = settings.duration(
            "processing.breaker.pause",
            default: self.breakerPause,
            in: .seconds(1) ... .seconds(86_400)
        )
        self.allowsPrivateURLs = settings.boolean("processing.allow_private_urls", default: self.allowsPrivateURLs)
        for problem in self.jobs.problems() {
            settings.refuse(problem.key, got: problem.got, accepts: problem.takes)
        }
        self.check(settings)
    }

    /// The folder of pipelines; by itself the one beside the file of settings, where there is one.
    private static func folder(_ settings: SettingsReader) -> String? {
        let text = settings.text("processing.pipelines", default: "auto")
        guard text == "auto" else { return text == "none" ? nil : text }
        guard let beside = settings.folder.map({ "\($0)/pipelines" }) else { return nil }
        return FileManager.default.fileExists(atPath: beside) ? beside : nil
    }

    /// Reads the pipelines to see whether they are well, and whether triggers name any of them.
    private func check(_ settings: SettingsReader) {
        do throws(PipelineProblems) {
            let names = try self.library().pipelines.map(\.name)
            for (index, trigger) in self.jobs.triggers.enumerated() where !names.contains(trigger.pipeline) {
                let known = names.isEmpty ? "there is none" : "one of \(names.joined(separator: ", "))"
                settings.refuse(
                    "processing.triggers[\(index)].pipeline",
                    got: trigger.pipeline,
                    accepts: "the name of a pipeline: \(known)"
                )
            }
        } catch {
            for problem in error.problems {
                let place = problem.line > 0 ? "\(problem.file):\(problem.line)" : problem.file
                settings.report(SettingsError.Problem(key: place, message: problem.reason))
            }
        }
    }
}

extension ProcessingConfiguration {
    fileprivate mutating func read(_ settings: SettingsReader) {
        let longest = Duration.seconds(100 * 365 * 86_400)
        self.workers = settings.automatic("processing.workers", in: 1...1_000)
        self.batch = settings.automatic("processing.batch", in: 1...1_000)
        self.fileTimeout = settings.duration(
            "processing.file_timeout",
            default: self.fileTimeout,
            in: .seconds(1) ... .seconds(7 * 86_400)
        )
        self.maxInputs = settings.integer("processing.max_inputs", default: self.maxInputs, in: 1...1_000_000)
        self.outputPrefix = settings.text("processing.output_prefix", default: self.outputPrefix)
        self.quarantinePrefix = settings.text("processing.quarantine_prefix", default: self.quarantinePrefix)
        self.keptJobs = settings.integer("processing.keep_jobs", default: self.keptJobs, in: 0...1_000_000)
        self.keptFor = settings.duration("processing.keep_jobs_for", default: self.keptFor, in: .zero...longest)
        self.triggers = settings.list("processing.triggers", of: TriggerSetting.self).map(\.trigger)
    }
}

extension ResultCacheConfiguration {
    fileprivate mutating func read(_ settings: SettingsReader) {
        let lifetimes = Duration.seconds(1)...Duration.seconds(100 * 365 * 86_400)
        self.memoryBytes = Int(
            settings.bytes("processing.cache.memory", default: Int64(self.memoryBytes), in: 0...(1 << 40))
        )
        self.memoryLifetime = settings.duration(
            "processing.cache.memory_ttl",
            default: self.memoryLifetime,
            in: lifetimes
        )
        self.diskBytes = settings.bytes("processing.cache.disk", default: self.diskBytes, in: 0...(1 << 50))
        self.diskLifetime = settings.duration("processing.cache.disk_ttl", default: self.diskLifetime, in: lifetimes)
    }
}

extension SettingsReader {
    /// Reads a whole number, or `auto`.
    fileprivate func automatic(_ key: String, in range: ClosedRange<Int>) -> Int? {
        self.read(
            key,
            default: Int?.none,
            accepts: "'auto' or a whole number from \(range.lowerBound) to \(range.upperBound)",
            write: { $0.map { "\($0)" } ?? "auto" },
            parse: { text in
                if text == "auto" { return .some(nil) }
                return Int(text).flatMap { range.contains($0) ? .some($0) : nil }
            }
        )
    }
}
