import Foundation
import Logging
import PurserProcessing
import PurserTestSupport
import SystemPackage

/// Programs that every Debian has, run as steps run them.
struct Bench {
    let folder: FilePath
    let runner: ToolRunner

    /// A script for the shell.
    func shell(
        _ script: String,
        limits: StepLimits = StepLimits(),
        maxOutput: Int = 1 << 20,
        isOutputStrict: Bool = false,
        progress: (@Sendable (Double, String?) -> Void)? = nil
    ) -> ToolCommand {
        ToolCommand(
            Tool("sh", package: "dash", versionArguments: []),
            ["-c", script],
            in: self.folder.string,
            limits: limits,
            maxOutput: maxOutput,
            isOutputStrict: isOutputStrict,
            progress: progress
        )
    }

    /// A script for Python.
    func python(_ script: String, limits: StepLimits = StepLimits()) -> ToolCommand {
        ToolCommand(
            Tool("/usr/bin/python3", package: "python3", versionArguments: []),
            ["-c", script],
            in: self.folder.string,
            limits: limits
        )
    }

    /// Processes of this test that still run.
    var left: [Int32] { Traces.processes(with: self.folder.string) }
}

/// Gives a test a folder and a runner of its own.
func withBench(
    clock: any Clock<Duration> = ContinuousClock(),
    freeSpaceFloor: Int64 = 0,
    _ body: (Bench) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let toolbox = Toolbox(clock: clock, logger: logger)
        let runner = ToolRunner(toolbox: toolbox, freeSpaceFloor: freeSpaceFloor, clock: clock, logger: logger)
        try await body(Bench(folder: folder, runner: runner))
    }
}

/// The failure with which a body ends.
func failure(of body: () async throws -> some Any) async throws -> StepFailure? {
    do {
        _ = try await body()
        return nil
    } catch let failure as StepFailure {
        return failure
    }
}
