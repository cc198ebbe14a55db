import Foundation
import Glibc
import Subprocess
import SystemPackage

/// What the end of a program means.
enum ToolEnd {
    /// The exit code, and the signal where one ended it.
    static func code(of status: TerminationStatus) -> (code: Int32, signal: Int32?) {
        switch status {
        case .exited(let code): (code, nil)
        case .signaled(let signal): (128 + signal, signal)
        }
    }

    /// Why a program did not start.
    static func startFailure(_ tool: Tool, _ error: SubprocessError) -> StepFailure {
        let reason = error.underlyingError.map { ": \($0)" } ?? ""
        // Processes, memory or descriptors may be there again in a moment.
        let passing: [Errno] = [
            .resourceTemporarilyUnavailable, .noMemory, .tooManyOpenFiles, .tooManyOpenFilesInSystem,
        ]
        let isTransient = error.underlyingError.map(passing.contains) ?? false
        return StepFailure(
            "tool_failed_to_start",
            "'\(tool.program)' did not start\(reason)",
            isTransient: isTransient,
            severity: .critical
        )
    }

    /// What was wrong where Purser ended it, a limit of the system did, or it was never there.
    ///
    /// - Returns: `nil` where the program ended by itself.
    static func failure(_ command: ToolCommand, _ result: ToolResult, _ stop: ProcessGroup.Stop?) -> StepFailure? {
        let program = "'\(command.tool.program)'"
        let limits = command.limits
        // A program that was done before its end came has done its work.
        if let stop, result.signal == SIGKILL || stop == .output {
            return Self.failure(stop, program, limits: limits, maxOutput: command.maxOutput)
        }
        switch result.signal {
        case SIGXCPU: return Self.failure(.cpuTime, program, limits: limits, maxOutput: command.maxOutput)
        case SIGXFSZ:
            return StepFailure(
                "file_too_large",
                "\(program) wrote a file of more than \(limits.fileSize) bytes; allow the step more, or send less"
            )
        default: break
        }
        guard result.code == 126 || result.code == 127, result.complaint.hasPrefix("prlimit: ") else { return nil }
        return StepFailure(
            "tool_failed_to_start",
            "\(program) did not start: \(result.complaint.prefix { !$0.isNewline })",
            severity: .critical
        )
    }

    /// What was wrong where Purser ended it.
    static func failure(
        _ stop: ProcessGroup.Stop,
        _ program: String,
        limits: StepLimits,
        maxOutput: Int
    ) -> StepFailure {
        switch stop {
        case .time:
            return StepFailure("timed_out", "\(program) took longer than \(limits.time) and was ended")
        case .cpuTime:
            return StepFailure("timed_out", "\(program) used more than \(limits.cpuTime) of CPU time and was ended")
        case .memory(let seen):
            return StepFailure(
                "memory_exceeded",
                "\(program) held \(seen) bytes of memory where \(limits.memory) are allowed, and was ended"
            )
        case .unreserved(let seen):
            return StepFailure(
                StepFailure.noMemoryCode,
                "\(program) held \(seen) bytes of memory, and there was no more for it: process fewer files at the same "
                    + "time, or raise the step's reserve, or resources.memory_budget",
                isRecoverable: true
            )
        case .processes(let seen):
            return StepFailure(
                "too_many_processes",
                "\(program) ran \(seen) processes where \(limits.processes) are allowed, and was ended"
            )
        case .output:
            return StepFailure(
                "output_too_large",
                "\(program) wrote more than \(maxOutput) bytes to its standard output and was ended"
            )
        case .diskFull:
            return StepFailure(
                "disk_full",
                "\(program) was ended, as too little disk space was left; free some, or store less",
                isTransient: true,
                severity: .critical
            )
        case .descriptors:
            return StepFailure(
                "tool_failed_to_start",
                "\(program) was ended, as no descriptor was left to watch it with",
                isTransient: true,
                severity: .critical
            )
        case .dismissed:
            return StepFailure("tool_unavailable", "\(program) was ended", isTransient: true)
        }
    }
}
