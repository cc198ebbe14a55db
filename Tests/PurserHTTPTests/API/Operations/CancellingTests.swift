import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Operations can be cancelled wherever they stand, and leave nothing.
    @Suite(.timeLimit(.minutes(1))) struct CancellingTests {
        /// From the cancel to the uploader's answer.
        ///
        /// It takes some 2 ms; the rest is for a debug build on a machine that does other things too.
        private static let promptly = Duration.milliseconds(100)

        private static func cancel(_ id: OperationID, _ api: LiveAPI) async throws {
            let answer = try await api.call("DELETE", "/v1/operations/\(id)")
            #expect(answer.status == 202)
            #expect(answer.body.contains("\"id\":\"\(id)\""))
        }

        @Test(arguments: [0, 50_000, 3_000_000])
        func runningUploadIsCancelled(sent: Int) async throws {
            try await LiveAPI.run { api in
                try await api.store("a", "before")
                let before = try Footprint(of: api.manager)
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("a", length: 10_000_000, id: id)
                    try await client.send(bytes: sent)
                    try await api.isRunning(id)
                    try await eventually("it has come") { try api.operation(id).progress.bytesDone == sent }
                    let start = ContinuousClock.now
                    try await Self.cancel(id, api)
                    let answer = try await client.answer()
                    let elapsed = ContinuousClock.now - start
                    try answer.expectProblem(409, "operation_cancelled")
                    #expect(answer["connection"] == "close")
                    #expect(elapsed < Self.promptly)
                    #expect(try await client.rest() == "")
                }
                try await api.isAtRest()
                #expect(try Footprint(of: api.manager) == before)
                #expect(try api.operation(id).state == .cancelled)
                #expect(try await api.call("GET", "/v1/buckets/default/files/a").body == "before")
                try await api.call("DELETE", "/v1/operations/\(id)").expectProblem(409, "operation_ended")
            }
        }

        @Test func pouringUploaderReadsItsAnswer() async throws {
            try await LiveAPI.run { api in
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("a", length: 90_000_000, id: id)
                    client.pour(bytes: 40_000_000)
                    try await api.isRunning(id)
                    try await eventually("some has come") { try api.operation(id).progress.bytesDone > 1_000_000 }
                    try await Self.cancel(id, api)
                    try await client.answer().expectProblem(409, "operation_cancelled")
                }
                try await api.isAtRest()
            }
        }

        @Test func waitingUploadIsCancelled() async throws {
            let oneSlot: (inout LiveAPI.Settings) -> Void = { $0.purser.resources.maxConcurrentOperations = 1 }
            try await LiveAPI.run(oneSlot) { api in
                try await api.withSlotTaken { holder, _ in
                    let before = try Footprint(of: api.manager)
                    let id = OperationID()
                    try await RawClient.connect(to: api.port) { client in
                        try await client.beginUpload("a", length: 100_000, id: id)
                        try await client.send(bytes: 50_000)
                        try await api.isQueued(id)
                        let start = ContinuousClock.now
                        try await Self.cancel(id, api)
                        let answer = try await client.answer()
                        let elapsed = ContinuousClock.now - start
                        try answer.expectProblem(409, "operation_cancelled")
                        #expect(elapsed < Self.promptly)
                    }
                    #expect(try Footprint(of: api.manager) == before)
                    try await holder.send(bytes: 10)
                    #expect(try await holder.answer().status == 201)
                }
                try await api.isAtRest()
            }
        }

        @Test func cancelledDownloadDoesNotLookWhole() async throws {
            try await LiveAPI.run { api in
                let size = 30_000_000
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("big", length: size)
                    try await client.send(bytes: size)
                    #expect(try await client.answer().status == 201)
                }
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    try await client.request("GET", "/v1/buckets/default/files/big", ["X-Operation-Id: \(id)"])
                    try await client.wait(for: "\r\n\r\n")
                    try await Self.cancel(id, api)
                    // Nobody reads, and yet it ends: before the second is over after which it would only lose its slot.
                    try await eventually(within: .milliseconds(800), "it is cut") {
                        try api.operation(id).state == .cancelled
                    }
                    let end = await client.drain()
                    #expect(end.bytes < size)
                    #expect(end.isReset)
                }
                try await api.isAtRest()
                #expect(try api.operation(id).state == .cancelled)
                let another = try await RawClient.connect(to: api.port) { client in
                    try await client.request("GET", "/v1/buckets/default/files/big", ["Connection: close"])
                    return await client.drain().bytes
                }
                #expect(another > size)
            }
        }

        enum Place: CaseIterable { case queue, body, download }

        @Test(arguments: Place.allCases, [false, true])
        func clientThatVanishesLeavesNothing(place: Place, isReset: Bool) async throws {
            let oneSlot: (inout LiveAPI.Settings) -> Void = { $0.purser.resources.maxConcurrentOperations = 1 }
            try await LiveAPI.run(place == .queue ? oneSlot : { _ in }) { api in
                if place == .download {
                    try await RawClient.connect(to: api.port) { client in
                        try await client.beginUpload("big", length: 30_000_000)
                        try await client.send(bytes: 30_000_000)
                        #expect(try await client.answer().status == 201)
                    }
                }
                let id = OperationID()
                let vanish: (RawClient) async throws -> Void = { client in
                    if place == .download {
                        try await client.request("GET", "/v1/buckets/default/files/big", ["X-Operation-Id: \(id)"])
                    } else {
                        try await client.beginUpload("a", length: 10_000_000, id: id)
                        try await client.send(bytes: 50_000)
                    }
                    if place == .queue { try await api.isQueued(id) } else { try await api.isRunning(id) }
                    if isReset { try await client.reset() } else { try await client.closeSending() }
                    try await eventually("the cancel") { try api.operation(id).state == .cancelled }
                }
                if place == .queue {
                    try await api.withSlotTaken { holder, _ in
                        try await RawClient.connect(to: api.port, vanish)
                        #expect(api.manager.resources.metrics().queued == 0)
                        try await holder.send(bytes: 10)
                        #expect(try await holder.answer().status == 201)
                    }
                } else {
                    try await RawClient.connect(to: api.port, vanish)
                }
                try await api.isAtRest()
                #expect(try await api.call("GET", "/v1/buckets/default/files/a").status == 404)
            }
        }
    }
}
