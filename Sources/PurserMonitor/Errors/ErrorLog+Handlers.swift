import Logging
public import ServiceLifecycle

/// Tries to make an error good; runs apart from whoever met it.
public typealias ErrorHandler = @Sendable (ErrorEntry) async throws -> ErrorOutcome

/// What a handler made of an error.
public enum ErrorOutcome: Sendable, Hashable {
    /// It made it good.
    case recovered
    /// It did not; the next handler is asked.
    case unhandled
}

/// Names a handler that was registered.
public struct ErrorHandlerID: Sendable, Hashable {
    let code: String
    let number: Int
}

extension ErrorLog: Service {
    /// Asks handlers about the errors that wait for them, until its task is cancelled or the service stops.
    ///
    /// To be run once. Errors that still wait at the end stay `pending`.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let places = HandlerPlaces(Self.handlerLimit)
                for await entry in self.waiting {
                    guard await places.take() else { break }
                    group.addTask {
                        await self.handle(entry)
                        places.giveBack()
                    }
                }
                group.cancelAll()
            }
        }
    }

    private func handle(_ entry: ErrorEntry) async {
        for handler in self.handlers(of: entry.code) where await self.ask(handler, about: entry) == .recovered {
            self.settle(entry.id, .recovered)
            return
        }
        self.settle(entry.id, .unhandled)
    }

    private func ask(_ handler: @escaping ErrorHandler, about entry: ErrorEntry) async -> ErrorOutcome {
        do {
            return try await withTimeLimit(self.handlerTimeout, clock: self.clock) { try await handler(entry) }
        } catch {
            self.logger.warning(
                "handler of errors failed",
                metadata: ["purser.error": "\(error)", "purser.error.code": "\(entry.code)"]
            )
            return .unhandled
        }
    }
}
