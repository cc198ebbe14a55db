import Foundation
import Subprocess
import SystemPackage

/// The channel that sends mail: it runs the system's `sendmail`, or what stands in for it, once for each message.
///
/// The program runs without a shell, with an environment of its own and in a process group of its own, which is killed
/// as a whole when it takes too long. What a mail program leaves to work on after it has ended well goes on: some
/// deliver in the background.
enum EmailChannel {
    /// Bytes of what the program says that are kept.
    private static let maxErrorBytes = 500

    static func make(_ configuration: EmailConfiguration, _ surroundings: ChannelSurroundings) -> AlertChannel {
        surroundings.channel("email", configuration.minimumSeverity, configuration.delivery) { serve in
            try await serve { notification in
                let message = MailMessage(
                    notification,
                    from: configuration.from,
                    to: configuration.to,
                    product: surroundings.product,
                    at: surroundings.now()
                )
                try await Self.send(message.text, configuration)
            }
        }
    }

    private static func send(_ message: String, _ configuration: EmailConfiguration) async throws {
        let program = configuration.command.first ?? ""
        let input = try NamelessFile(message)
        defer { input.close() }
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        let environment = configuration.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        let result: ExecutionResult<String, DiscardedOutput, SequenceOutput>
        do {
            result = try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                arguments: Arguments(Array(configuration.command.dropFirst())),
                environment: .custom(Dictionary(environment) { first, _ in first }),
                workingDirectory: "/",
                platformOptions: options,
                input: .fileDescriptor(input.descriptor, closeAfterSpawningProcess: false),
                output: .discarded,
                error: .sequence
            ) { execution in
                try await Self.beginning(of: execution.standardError)
            }
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw DeliveryError(description: "there is no program '\(program)'", isTransient: false)
        }
        try Task.checkCancellation()
        guard !result.terminationStatus.isSuccess else { return }
        throw DeliveryError(
            description: "\(program) ended with \(result.terminationStatus): \(result.closureResult)",
            isTransient: Self.isTransient(result.terminationStatus)
        )
    }

    /// Reads all that the program says, and keeps the beginning, in one line.
    private static func beginning(of output: SubprocessOutputSequence) async throws -> String {
        var kept: [UInt8] = []
        for try await buffer in output {
            let room = Self.maxErrorBytes - kept.count
            buffer.withUnsafeBytes { kept += $0.prefix(room) }
        }
        let text = String(decoding: kept, as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    /// By `sysexits.h`: wrong usage, unreadable data, an unknown user, no permission or a wrong setting stay so.
    private static func isTransient(_ status: TerminationStatus) -> Bool {
        switch status {
        case .exited(let code): ![64, 65, 67, 77, 78].contains(code)
        case .signaled: true
        }
    }
}
