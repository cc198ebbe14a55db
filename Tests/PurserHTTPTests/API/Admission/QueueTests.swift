import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Uploads that have to wait, or are refused.
    @Suite(.timeLimit(.minutes(1))) struct QueueTests {
        private static func oneSlot(_ settings: inout LiveAPI.Settings) {
            settings.purser.resources.maxConcurrentOperations = 1
        }

        @Test func waitingUploadsCostLittleMemory() async throws {
            let waiting = 200
            try await LiveAPI.run(Self.oneSlot) { api in
                try await api.withSlotTaken { holder, _ in
                    let before = try residentBytes()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<waiting {
                            group.addTask {
                                try await RawClient.connect(to: api.port) { client in
                                    try await client.beginUpload("\(number)", length: 1_000_000)
                                    try await client.send(bytes: 1_000_000)
                                    #expect(try await client.answer().status == 201)
                                }
                            }
                        }
                        try await eventually("all wait") { api.manager.resources.metrics().queued == waiting }
                        let after = try residentBytes()
                        // Both ends live in this process. Without withholding the uploads alone would take 200 MB.
                        #expect(after - before < 50_000_000, "grew by \(after - before)")
                        try await holder.send(bytes: 10)
                        #expect(try await holder.answer().status == 201)
                        try await group.waitForAll()
                    }
                }
                try await api.isAtRest()
                #expect(api.manager.resources.metrics().activeHighWater == 1)
                #expect(try api.manager.systemMetrics().storage.files == Int64(waiting) + 1)
            }
        }

        @Test func fullQueueRefusesAtOnce() async throws {
            let small: (inout LiveAPI.Settings) -> Void = {
                Self.oneSlot(&$0)
                $0.purser.resources.queueCapacity = 1
            }
            try await LiveAPI.run(small) { api in
                try await api.withSlotTaken { holder, _ in
                    let id = OperationID()
                    try await RawClient.connect(to: api.port) { waiting in
                        try await waiting.beginUpload("waiting", length: 5, id: id)
                        try await api.isQueued(id)
                        let before = try Footprint(of: api.manager)
                        try await RawClient.connect(to: api.port) { refused in
                            try await refused.beginUpload("refused", length: 50_000_000)
                            refused.pour(bytes: 10_000_000)
                            let answer = try await refused.answer()
                            try answer.expectProblem(503, "queue_full")
                            let seconds = try #require(answer["retry-after"].flatMap { Int($0) })
                            #expect((1...60).contains(seconds))
                        }
                        try await RawClient.connect(to: api.port) { refused in
                            // An answer that leaves nothing unread keeps the connection.
                            for _ in 0..<2 {
                                let answer = try await refused.call("DELETE", "/v1/buckets/default/files/a")
                                try answer.expectProblem(503, "queue_full")
                                #expect(answer["connection"] == nil)
                            }
                            #expect(try await refused.call("GET", "/healthz").status == 200)
                        }
                        #expect(try Footprint(of: api.manager) == before)
                        try await holder.send(bytes: 10)
                        #expect(try await holder.answer().status == 201)
                        try await waiting.send(bytes: 5)
                        #expect(try await waiting.answer().status == 201)
                    }
                }
                #expect(try await api.call("PUT", "/v1/buckets/default/files/refused", body: "x").status == 201)
            }
        }

        @Test func waitIsLimited() async throws {
            let short: (inout LiveAPI.Settings) -> Void = {
                Self.oneSlot(&$0)
                $0.purser.resources.queueWaitLimit = .milliseconds(100)
            }
            try await LiveAPI.run(short) { api in
                try await api.withSlotTaken { holder, _ in
                    let id = OperationID()
                    try await RawClient.connect(to: api.port) { client in
                        try await client.beginUpload("a", length: 100_000, id: id)
                        try await client.send(bytes: 50_000)
                        let answer = try await client.answer()
                        try answer.expectProblem(503, "wait_expired")
                        #expect(answer["retry-after"] != nil)
                    }
                    #expect(api.manager.resources.metrics().queued == 0)
                    try await holder.send(bytes: 10)
                    #expect(try await holder.answer().status == 201)
                }
                // What never ran may be tried again under its id.
                #expect(api.manager.resources.metrics().counts.waitExpired == 1)
            }
        }

        @Test(arguments: [("", 400), ("absent/files/a", 404)])
        func refusedUploadIsNotAskedForItsBody(_ example: (target: String, status: Int)) async throws {
            try await LiveAPI.run { api in
                try await RawClient.connect(to: api.port) { client in
                    let target = "/v1/buckets/" + (example.target.isEmpty ? "default/files/%00" : example.target)
                    try await client.request("PUT", target, ["Expect: 100-continue"], length: 100_000)
                    let answer = try await client.answer()
                    #expect(answer.status == example.status)
                    #expect(answer["connection"] == "close")
                    #expect(try await client.rest() == "")
                }
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("a", length: 5, ["Expect: 100-continue"])
                    #expect(try await client.answer().status == 100)
                    try await client.send(bytes: 5)
                    #expect(try await client.answer().status == 201)
                }
            }
        }

        @Test func waitingUploadIsAskedForItsBodyWhenItsTurnHasCome() async throws {
            try await LiveAPI.run(Self.oneSlot) { api in
                try await api.withSlotTaken { holder, _ in
                    let id = OperationID()
                    try await RawClient.connect(to: api.port) { client in
                        try await client.beginUpload("a", length: 5, id: id, ["Expect: 100-continue"])
                        try await api.isQueued(id)
                        try await holder.send(bytes: 10)
                        #expect(try await holder.answer().status == 201)
                        #expect(try await client.answer().status == 100)
                        try await client.send(bytes: 5)
                        #expect(try await client.answer().status == 201)
                    }
                }
            }
        }
    }
}
