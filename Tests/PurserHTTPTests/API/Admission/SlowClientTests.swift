import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Clients that are too slow.
    @Suite(.timeLimit(.minutes(1))) struct SlowClientTests {
        @Test func uploadBelowTheMinimumRateEnds() async throws {
            try await LiveAPI.run({ $0.server.minRateWindow = .milliseconds(300) }) { api in
                try await api.store("a", "before")
                let before = try Footprint(of: api.manager)
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("a", length: 100_000, id: id)
                    try await client.send("x")
                    let answer = try await client.answer()
                    try answer.expectProblem(408, "operation_timed_out")
                    #expect(answer["connection"] == "close")
                    #expect(try await client.rest() == "")
                }
                try await api.isAtRest()
                #expect(try api.operation(id).state == .timedOut)
                #expect(try Footprint(of: api.manager) == before)
            }
        }

        @Test func downloadBelowTheMinimumRateIsCut() async throws {
            try await LiveAPI.run({ $0.server.minRateWindow = .milliseconds(300) }) { api in
                let size = 30_000_000
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("big", length: size)
                    try await client.send(bytes: size)
                    #expect(try await client.answer().status == 201)
                }
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    try await client.request("GET", "/v1/buckets/default/files/big", ["X-Operation-Id: \(id)"])
                    try await eventually("it is cut") { api.manager.operations.snapshot(id)?.state == .timedOut }
                    let end = await client.drain()
                    #expect(end.isReset && end.bytes < size)
                }
                try await api.isAtRest()
            }
        }

        @Test func slowClientsDoNotKeepOthersOutForLong() async throws {
            let settings: (inout LiveAPI.Settings) -> Void = {
                $0.purser.resources.maxConcurrentOperations = 10
                $0.server.minRateWindow = .milliseconds(500)
            }
            try await LiveAPI.run(settings) { api in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<10 {
                        group.addTask {
                            try await RawClient.connect(to: api.port) { client in
                                try await client.beginUpload("slow\(number)", length: 1_000_000)
                                try await client.send("x")
                                return try await client.answer().status
                            }
                        }
                    }
                    try await eventually("all slots are taken") { api.manager.resources.metrics().active == 10 }
                    let answer = try await api.call("PUT", "/v1/buckets/default/files/eleventh", body: "content")
                    #expect(answer.status == 201)
                    for try await status in group { #expect(status == 408) }
                }
                try await api.isAtRest()
            }
        }
    }
}
