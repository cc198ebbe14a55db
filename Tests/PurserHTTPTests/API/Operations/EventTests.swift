import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Streams of events about operations.
    @Suite(.timeLimit(.minutes(1))) struct EventTests {
        /// The documents in a stream, which came in chunks.
        private static func documents(_ body: String) throws -> [JSONValue] {
            try body.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("data: ") }.map {
                try JSONValue(json: $0.dropFirst("data: ".count).utf8)
            }
        }

        @Test func streamOfOneEndsWithItsLastState() async throws {
            try await LiveAPI.run { api in
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("a", length: 100_000, id: id)
                    try await api.isRunning(id)
                    try await RawClient.connect(to: api.port) { watcher in
                        try await watcher.request("GET", "/v1/operations/\(id)/events")
                        try await watcher.wait(for: #""state":"running""#)
                        try await client.send(bytes: 50_000)
                        try await watcher.wait(for: #""bytes_done":50000"#)
                        try await client.send(bytes: 50_000)
                        #expect(try await client.answer().status == 201)
                        let stream = try await watcher.answer()
                        #expect(stream["content-type"] == "text/event-stream")
                        #expect(stream["cache-control"] == "no-store")
                        let states = try Self.documents(stream.body).compactMap { $0["state"]?.text }
                        #expect(states.first == "running")
                        #expect(states.last == "succeeded")
                        #expect(states.count { $0 == "succeeded" } == 1)
                        #expect(try Self.documents(stream.body).allSatisfy { $0["id"] == .string("\(id)") })
                        // The connection is kept.
                        #expect(try await watcher.call("GET", "/healthz").status == 200)
                    }
                }
            }
        }

        @Test func streamOfAnEndedOperationIsItsLastState() async throws {
            try await LiveAPI.run { api in
                let id = OperationID()
                try await api.call("PUT", "/v1/buckets/absent/files/a", ["X-Operation-Id: \(id)"], body: "x")
                    .expectProblem(404, "bucket_not_found")
                let stream = try await api.call("GET", "/v1/operations/\(id)/events")
                let documents = try Self.documents(stream.body)
                #expect(documents.count == 1)
                #expect(documents.first?["state"] == .string("failed"))
                #expect(documents.first?["error", "code"] == .string("bucket_not_found"))
            }
        }

        @Test func streamOfAllTellsOfEachOperation() async throws {
            try await LiveAPI.run { api in
                try await RawClient.connect(to: api.port) { watcher in
                    try await watcher.request("GET", "/v1/operations/events")
                    try await watcher.wait(for: "\r\n\r\n")
                    for number in 0..<3 {
                        let id = OperationID()
                        let fields = ["X-Operation-Id: \(id)"]
                        let target = "/v1/buckets/default/files/\(number)"
                        #expect(try await api.call("PUT", target, fields, body: "content").status == 201)
                        try await watcher.wait(for: "\(id)")
                    }
                    try await watcher.wait(for: #""state":"succeeded""#)
                }
            }
        }

        @Test func streamEndsWhenItsClientLeaves() async throws {
            try await LiveAPI.run { api in
                for _ in 0..<EventStreams.maxStreams + 10 {
                    try await RawClient.connect(to: api.port) { watcher in
                        try await watcher.request("GET", "/v1/operations/events")
                        try await watcher.wait(for: "HTTP/1.1 200 ")
                    }
                }
            }
        }

        @Test func streamsAreBounded() async throws {
            try await LiveAPI.run { api in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let opened = TestCounter()
                    let gate = TestGate()
                    for _ in 0..<EventStreams.maxStreams {
                        group.addTask {
                            try await RawClient.connect(to: api.port) { watcher in
                                try await watcher.request("GET", "/v1/operations/events")
                                try await watcher.wait(for: "\r\n\r\n")
                                opened.increment()
                                await gate.wait()
                            }
                        }
                    }
                    await opened.reach(EventStreams.maxStreams)
                    let refused = try await api.call("GET", "/v1/operations/events")
                    try refused.expectProblem(503, "too_many_streams")
                    #expect(refused["retry-after"] != nil)
                    gate.open()
                    try await group.waitForAll()
                }
            }
        }
    }
}
