import HTTPTypes
import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// The graceful stop.
    @Suite(.timeLimit(.minutes(1))) struct StopTests {
        private static func oneSlot(_ settings: inout LiveAPI.Settings) {
            settings.purser.resources.maxConcurrentOperations = 1
        }

        @Test func runningUploadEndsAndWaitingOnesAreRefused() async throws {
            try await LiveAPI.run(Self.oneSlot) { api in
                try await api.withSlotTaken { holder, id in
                    let waiting = OperationID()
                    try await RawClient.connect(to: api.port) { queued in
                        try await queued.beginUpload("queued", length: 100_000, id: waiting)
                        try await queued.send(bytes: 50_000)
                        try await api.isQueued(waiting)
                        await api.stop()
                        let answer = try await queued.answer()
                        try answer.expectProblem(503, "shutting_down")
                        #expect(answer["connection"] == "close")
                        #expect(answer["retry-after"] != nil)
                    }
                    #expect(try api.operation(id).state == .running)
                    await #expect(throws: (any Error).self) { try await api.call("GET", "/healthz") }
                    try await holder.send(bytes: 10)
                    let answer = try await holder.answer()
                    #expect(answer.status == 201)
                    #expect(answer["connection"] == "close")
                    #expect(try await holder.rest() == "")
                }
            }
        }

        @Test func runningUploadIsCancelledAfterTheGrace() async throws {
            let hasty: (inout LiveAPI.Settings) -> Void = { $0.server.shutdownGrace = .milliseconds(100) }
            try await LiveAPI.run(hasty) { api in
                try await api.withSlotTaken { holder, id in
                    await api.stop()
                    try await holder.answer().expectProblem(503, "shutting_down")
                    #expect(try await holder.rest() == "")
                    #expect(try api.operation(id).state == .cancelled)
                }
                try await api.isAtRest()
            }
        }

        @Test func streamsOfEventsEnd() async throws {
            try await LiveAPI.run { api in
                try await api.withSlotTaken { holder, id in
                    try await RawClient.connect(to: api.port) { all in
                        try await all.request("GET", "/v1/operations/events")
                        try await all.wait(for: "\r\n\r\n")
                        try await RawClient.connect(to: api.port) { one in
                            try await one.request("GET", "/v1/operations/\(id)/events")
                            try await one.wait(for: #""state":"running""#)
                            await api.stop()
                            #expect(try await all.rest().hasSuffix("0\r\n\r\n"))
                            #expect(try await one.rest().hasSuffix("0\r\n\r\n"))
                        }
                    }
                    try await holder.send(bytes: 10)
                    #expect(try await holder.answer().status == 201)
                }
            }
        }

        @Test func downloadThatIsTakenSlowlyDoesNotHoldUpTheStop() async throws {
            let hasty: (inout LiveAPI.Settings) -> Void = { $0.server.shutdownGrace = .milliseconds(100) }
            try await LiveAPI.run(hasty) { api in
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("big", length: 30_000_000)
                    try await client.send(bytes: 30_000_000)
                    #expect(try await client.answer().status == 201)
                }
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    try await client.request("GET", "/v1/buckets/default/files/big", ["X-Operation-Id: \(id)"])
                    try await client.wait(for: "\r\n\r\n")
                    await api.stop()
                    try await eventually("it is cancelled") { api.manager.operations.snapshot(id)?.state == .cancelled }
                }
            }
        }

        @Test func unreadyServerSaysSo() async throws {
            try await TestAPI.run { api in
                #expect(try await api.send(.get, "/readyz").json()["status"] == .string("ready"))
                await api.manager.drain(grace: .zero)
                let answer = try await api.send(.get, "/readyz")
                #expect(answer.status == 503)
                #expect(try answer.json()["reason"]?.text?.isEmpty == false)
                #expect(try await api.send(.get, "/healthz").status == 200)
                try await api.expectRefused(503, "shutting_down", .put, TestAPI.target(of: "a"), [:], "late")
            }
        }
    }
}
