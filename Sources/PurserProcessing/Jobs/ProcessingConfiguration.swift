public import PurserOperations

/// How jobs are run, and what is kept of them.
public struct ProcessingConfiguration: Sendable {
    /// `processing.workers`: files that are processed at the same time; `nil` works it out.
    public var workers: Int?
    /// `processing.batch`: files of a job that are taken up and written down at once; `nil` works it out.
    public var batch: Int?
    /// `processing.file_timeout`: how long one file may take, without its wait for a slot; at least 1 s.
    public var fileTimeout = Duration.seconds(300)
    /// `processing.keep_jobs_for`: how long jobs are kept once they have ended.
    public var keptFor = Duration.seconds(30 * 86_400)
    /// `processing.keep_jobs`: how many jobs are kept that have ended.
    public var keptJobs = 10_000
    /// `processing.max_inputs`: files of one job at most.
    public var maxInputs = 1_000_000
    /// `processing.output_prefix`: what the keys of results begin with, where the pipeline says nothing.
    public var outputPrefix = ".derived"
    /// `processing.quarantine_prefix`: what the keys of files begin with that were moved away.
    public var quarantinePrefix = ".quarantine"
    /// `processing.triggers`: jobs that start by themselves.
    public var triggers: [ProcessingTrigger] = []

    /// Takes the defaults.
    public init() {}
}

extension ProcessingConfiguration {
    /// Everything that is wrong with these settings; empty when they can be.
    public func problems() -> [SettingProblem] {
        var problems: [SettingProblem] = []
        func expect(_ holds: Bool, _ key: String, _ got: Any, _ takes: String) {
            if !holds { problems.append(SettingProblem("processing.\(key)", got: "\(got)", takes: takes)) }
        }
        if let workers = self.workers {
            expect((1...1_000).contains(workers), "workers", workers, "auto, or 1 to 1000")
        }
        if let batch = self.batch { expect((1...1_000).contains(batch), "batch", batch, "auto, or 1 to 1000") }
        expect(self.fileTimeout >= .seconds(1), "file_timeout", self.fileTimeout, "1s or more")
        expect(self.keptFor >= .zero, "keep_jobs_for", self.keptFor, "0s or more")
        expect(self.keptJobs >= 0, "keep_jobs", self.keptJobs, "0 or more")
        expect((1...1_000_000).contains(self.maxInputs), "max_inputs", self.maxInputs, "1 to 1000000")
        for (key, prefix) in [("output_prefix", self.outputPrefix), ("quarantine_prefix", self.quarantinePrefix)] {
            let isGood = (1...200).contains(prefix.utf8.count) && !prefix.hasPrefix("/") && !prefix.hasSuffix("/")
            expect(isGood, key, prefix, "1 to 200 bytes that neither begin nor end with a slash")
        }
        var names: Set<String> = []
        for trigger in self.triggers {
            expect(!trigger.name.isEmpty, "triggers.name", trigger.name, "a name")
            expect(names.insert(trigger.name).inserted, "triggers.name", trigger.name, "a name of its own")
        }
        return problems
    }
}
