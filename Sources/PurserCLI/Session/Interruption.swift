import UnixSignals

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Ctrl-C and SIGTERM: the first cancels the work, which then cleans up; the second ends the process at once.
enum Interruption {
    /// Runs a command's work under signals.
    ///
    /// - Returns: What the process is to end with.
    @concurrent
    static func run(on console: Console, _ body: @escaping @Sendable () async throws -> Void) async -> Int32 {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let interruption = OnceFlag()
        // A task of its own, because only that can be cancelled from the loop below; awaited here.
        let work = Task { try await body() }
        return await withTaskGroup(of: Int32?.self) { group in
            group.addTask {
                for await _ in signals {
                    guard interruption.raise() else { _exit(CommandError.Status.cancelled.rawValue) }
                    work.cancel()
                }
                return nil
            }
            let result = await work.result
            group.cancelAll()
            console.status([])
            guard case .failure(let error) = result else { return 0 }
            if interruption.isRaised {
                console.end(CommandError(describing: CancellationError()))
                return CommandError.Status.cancelled.rawValue
            }
            return Self.report(error, on: console)
        }
    }

    /// Tells people what failed.
    ///
    /// - Returns: What the process is to end with.
    static func report(_ error: any Error, on console: Console) -> Int32 {
        if let error = error as? FailedTransfers {
            // Each was told when it failed.
            return error.status.rawValue
        }
        // Nobody reads the results any more: that is the reader's wish, not a failure worth words.
        if let error = error as? ClosedOutput { return error.status.rawValue }
        let failure = CommandError(describing: error)
        console.failure(failure)
        return failure.status.rawValue
    }
}

/// Some transfers of many failed, and were told one by one.
struct FailedTransfers: Error, Hashable {
    var count: Int
    var status: CommandError.Status { .failed }
}

/// The reader of standard output has closed it.
struct ClosedOutput: Error, Hashable {
    var status: CommandError.Status { .failed }
}
