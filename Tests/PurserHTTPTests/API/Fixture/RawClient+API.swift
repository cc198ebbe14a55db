import NIOCore
import PurserIdentifiers
import Purser
import Testing

extension RawClient {
    /// Sends the head of a request, and the body that there is.
    func request(
        _ method: String,
        _ target: String,
        _ fields: [String] = [],
        body: String = "",
        length: Int? = nil
    ) async throws {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        if method == "PUT", !fields.contains(where: { $0.hasPrefix("Transfer-Encoding") }) {
            head += "Content-Length: \(length ?? body.utf8.count)\r\n"
        }
        for field in fields { head += field + "\r\n" }
        try await self.send(head + "\r\n" + body)
    }

    /// Begins an upload of a known length to the default bucket, without its body.
    func beginUpload(
        _ key: String,
        length: Int,
        id: OperationID? = nil,
        _ fields: [String] = []
    ) async throws {
        let name = id.map { ["X-Operation-Id: \($0)"] } ?? []
        try await self.request("PUT", "/v1/buckets/default/files/" + key, name + fields, length: length)
    }

    /// Sends a request and reads its answer.
    func call(
        _ method: String,
        _ target: String,
        _ fields: [String] = [],
        body: String = ""
    ) async throws -> RawAnswer {
        try await self.request(method, target, fields, body: body)
        return try await self.answer(isHead: method == "HEAD")
    }
}

extension LiveAPI {
    /// Sends one request over a connection of its own.
    func call(
        _ method: String,
        _ target: String,
        _ fields: [String] = [],
        body: String = ""
    ) async throws -> RawAnswer {
        try await RawClient.connect(to: self.port) { try await $0.call(method, target, fields, body: body) }
    }

    /// Sends bytes as they are over a connection of their own, and reads one answer.
    func exchange(_ text: String) async throws -> RawAnswer {
        try await RawClient.connect(to: self.port) { client in
            try await client.send(text)
            return try await client.answer()
        }
    }

    /// Stores a file, over a connection of its own.
    func store(_ key: String, _ body: String) async throws {
        let answer = try await self.call("PUT", "/v1/buckets/default/files/\(key)", body: body)
        try #require(answer.status == 200 || answer.status == 201, "\(answer.body)")
    }

    /// Holds the only slot for the time of the body.
    func withSlotTaken(_ body: (_ holder: RawClient, _ id: OperationID) async throws -> Void) async throws {
        let id = OperationID()
        try await RawClient.connect(to: self.port) { client in
            try await client.beginUpload("holder", length: 10, id: id)
            try await self.isRunning(id)
            // It runs before it has its room on the disk: what is looked at later must not change by that.
            try await eventually("it has its room") { self.manager.resources.metrics().diskReserved > 0 }
            try await body(client, id)
        }
    }
}
