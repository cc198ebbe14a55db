import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import Purser
import PurserBlobs
import SystemPackage

extension CommandError {
    /// Says in the command line's words what any layer said in its own.
    init(describing error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case is CancellationError: self.init("cancelled", status: .cancelled)
        case let error as SettingsError: self.init(error.description, status: .usage)
        case let error as IdentifierError: self.init(error.message, code: error.code.rawValue, status: .usage)
        case let error as StoreError: self.init(error.message, code: error.code.rawValue)
        case let error as OperationError:
            self.init(error.message, code: error.code.rawValue, retryAfter: error.retryAfter)
        case let error as OptimizerError: self.init(error.message, code: error.code.rawValue)
        case let error as ProcessingError: self.init(error.message, code: error.code.rawValue)
        case let error as BlobError: self.init(error.message, code: error.code.rawValue)
        case let error as Errno: self.init("the disk or a pipe failed: \(error)")
        case let error as HTTPClientError: self.init(clientError: error)
        case is HTTPParserError: self.init(Self.cut)
        case let error as IOError: self.init("the connection failed: \(Errno(rawValue: error.errnoCode))")
        default: self.init("\(error)")
        }
    }

    /// Whether an error is of none of the layers whose words are known.
    static func isUnknown(_ error: any Error) -> Bool {
        switch error {
        case is CommandError, is CancellationError, is HTTPClientError, is IOError, is Errno: false
        default: true
        }
    }

    private static let cut = "the server closed the connection before its answer was whole; it may have been stopped"

    private init(clientError error: HTTPClientError) {
        switch error {
        case .cancelled: self.init("cancelled", status: .cancelled)
        case .readTimeout, .writeTimeout, .deadlineExceeded:
            self.init("the server has not answered for too long; see whether it is alive with 'purser operations'")
        case .remoteConnectionClosed:
            self.init(Self.cut)
        default: self.init("the server could not be asked: \(error)")
        }
    }

    /// Says that no server answers under a URL.
    static func unreachable(_ url: String, _ error: any Error) -> CommandError {
        let reason =
            switch error {
            case let error as HTTPClientError where error == .connectTimeout: "it did not answer in time"
            case let error as HTTPClientError: "\(error.shortDescription)"
            case let error as IOError: "\(Errno(rawValue: error.errnoCode))"
            case let error as NIOConnectionError where !error.connectionErrors.isEmpty:
                error.connectionErrors.map { failed in
                    (failed.error as? IOError).map { "\(Errno(rawValue: $0.errnoCode))" } ?? "\(failed.error)"
                }
                .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                .joined(separator: ", ")
            case is NIOConnectionError: "there is no such host"
            default: "\(error)"
            }
        return CommandError(
            "no server answers at \(url): \(reason); start one with 'purser serve', or name another with --server",
            code: Self.unreachable
        )
    }
}
