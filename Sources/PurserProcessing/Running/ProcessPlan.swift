import PurserOperations
import Subprocess
import SystemPackage

/// A program to start, with everything decided.
struct ProcessPlan: Sendable {
    /// The absolute path of util-linux's `prlimit`, which sets the limits and becomes the program.
    var limiter: String
    /// The absolute path of the program.
    var program: String
    /// What stands on its command line.
    var arguments: [String]
    /// All of its environment but the mark.
    var environment: [String: String]
    /// Where it starts.
    var folder: String
    /// What it may take.
    var limits: StepLimits
    /// Bytes of virtual memory of each of its processes, where that is limited.
    var addressSpace: Int?
    /// What its processes are known by.
    var mark: ProcessMark

    /// What swift-subprocess starts: a session of its own, so that no terminal is there to ask for a password at.
    ///
    /// The leader's process group has the leader's number. Cancelling sends SIGTERM to the group, and SIGKILL after
    /// half a second.
    func configuration() throws(StepFailure) -> Subprocess.Configuration {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
        ]
        return Subprocess.Configuration(
            executable: .path(FilePath(self.limiter)),
            arguments: Arguments(try self.commandLine()),
            environment: .custom(try self.entries()),
            workingDirectory: FilePath(self.folder),
            platformOptions: options
        )
    }

    /// A zero byte would cut an argument short on its way to the kernel.
    private func commandLine() throws(StepFailure) -> [String] {
        let line = self.limitArguments + ["--", self.program] + self.arguments
        guard !line.contains(where: { $0.utf8.contains(0) }) else {
            throw StepFailure("invalid_argument", "an argument of '\(self.program)' contains a zero byte")
        }
        return line
    }

    private func entries() throws(StepFailure) -> [Environment.Key: String] {
        var entries: [Environment.Key: String] = [:]
        for (name, value) in self.environment {
            guard !name.isEmpty, !name.utf8.contains(0), !name.contains("="), !value.utf8.contains(0) else {
                throw StepFailure("invalid_argument", "the environment of '\(self.program)' cannot be passed on")
            }
            entries[Environment.Key(stringLiteral: name)] = value
        }
        entries[Environment.Key(stringLiteral: ProcessMark.name)] = self.mark.value
        return entries
    }

    /// The soft limit of CPU time sends SIGXCPU, by which the end is told from others; a second later comes SIGKILL.
    private var limitArguments: [String] {
        let seconds = max(1, Int64(self.limits.cpuTime.inSeconds.rounded(.up)))
        var arguments = [
            "--core=0",
            "--cpu=\(seconds):\(seconds + 1)",
            "--fsize=\(self.limits.fileSize)",
        ]
        if let addressSpace = self.addressSpace { arguments.append("--as=\(addressSpace)") }
        if let threads = UserThreads.limit(for: self.limits.processes) { arguments.append("--nproc=\(threads)") }
        return arguments
    }
}
