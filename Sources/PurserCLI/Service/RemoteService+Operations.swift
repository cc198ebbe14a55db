import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PurserIdentifiers

extension RemoteService {
    /// Operations, newest first.
    ///
    /// - Returns: The server's document, as it came.
    func operations(state: String?, kind: String?, limit: Int) async throws -> Data {
        var items = [("limit", "\(limit)")]
        if let state { items.append(("state", state)) }
        if let kind { items.append(("kind", kind)) }
        return try await self.document("/v1/operations\(URLText.query(items))")
    }

    /// One operation.
    func operation(_ id: OperationID) async throws -> Data {
        try await self.document("/v1/operations/\(id)")
    }

    /// What happened to an operation.
    func history(of id: OperationID) async throws -> Data {
        try await self.document("/v1/operations/\(id)/history")
    }

    /// Asks an operation to stop.
    func cancel(_ id: OperationID) async throws -> Data {
        let response = try await self.answer(.DELETE, "/v1/operations/\(id)")
        return Data(try await response.body.collect(upTo: Self.maxDocumentBytes).readableBytesView)
    }

    /// Follows one operation to its end, or all until the server stops.
    ///
    /// - Parameters:
    ///   - id: The operation; `nil` for all.
    ///   - deliver: Gets the documents as they come.
    /// - Throws: ``CommandError``; what `deliver` throws.
    func watch(_ id: OperationID?, deliver: (Data) throws -> Void) async throws {
        let response = try await self.answer(.GET, "/v1/operations\(id.map { "/\($0)" } ?? "")/events")
        var events = ServerSentEvents()
        for try await piece in response.body {
            for event in try events.take(piece.readableBytesView) {
                try deliver(Data(event.utf8))
            }
        }
    }
}
