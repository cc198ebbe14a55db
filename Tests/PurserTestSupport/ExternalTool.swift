package import Foundation
import SystemPackage

/// How a program of the system ended that a test ran.
package struct ToolOutcome: Sendable {
    /// Its exit status.
    package var status: Int32
    /// What it wrote, errors included.
    package var output: String
}

/// Where the repository is, as the sources know it.
package let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// Runs a program of the system to its end.
///
/// - Parameters:
///   - program: Its path, or its name where it is found by `PATH`.
///   - arguments: What stands on its command line.
///   - input: What it reads; nothing where there is none.
/// - Returns: How it ended.
/// - Throws: What the system says where it cannot be started.
package func runTool(_ program: String, _ arguments: [String], input: String? = nil) async throws -> ToolOutcome {
    try await withTemporaryFolder { folder in
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let given = URL(filePath: folder.appending("input").string)
        let written = URL(filePath: folder.appending("output").string)
        try Data((input ?? "").utf8).write(to: given)
        try Data().write(to: written)
        process.standardInput = try FileHandle(forReadingFrom: given)
        let output = try FileHandle(forWritingTo: written)
        process.standardOutput = output
        process.standardError = output
        let (ended, end) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { process in
            end.yield(process.terminationStatus)
            end.finish()
        }
        try process.run()
        var status: Int32 = -1
        for await one in ended { status = one }
        return ToolOutcome(status: status, output: try String(contentsOf: written, encoding: .utf8))
    }
}

/// Prometheus and its promtool, as `scripts/install-tools.sh` fetches them.
package enum PrometheusTools {
    /// Whether nobody wants the tests that need them.
    package static var areSkipped: Bool { ProcessInfo.processInfo.environment["PURSER_SKIP_PROMETHEUS"] == "1" }

    /// The server's program.
    package static let prometheus = repository.appending(path: ".build/tools/usr/bin/prometheus").path
    /// The program that checks what is scraped.
    package static let promtool = repository.appending(path: ".build/tools/usr/bin/promtool").path

    /// What to do where they are missing; `nil` where they are there.
    package static var problem: String? {
        let isThere = [Self.prometheus, Self.promtool].allSatisfy(FileManager.default.isExecutableFile)
        return isThere
            ? nil : "Prometheus is missing: run scripts/install-tools.sh, or set PURSER_SKIP_PROMETHEUS=1"
    }
}
