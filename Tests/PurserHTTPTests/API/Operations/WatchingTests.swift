import HTTPTypes
import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Operations can be watched while they wait and run.
    @Suite(.timeLimit(.minutes(1))) struct WatchingTests {
        private static func oneSlot(_ settings: inout LiveAPI.Settings) {
            settings.purser.resources.maxConcurrentOperations = 1
        }

        private static func document(_ api: LiveAPI, _ id: OperationID) async throws -> JSONValue {
            let answer = try await api.call("GET", "/v1/operations/\(id)")
            try #require(answer.status == 200)
            return try JSONValue(json: answer.body.utf8)
        }

        @Test func uploadIsSeenWhileItRuns() async throws {
            try await LiveAPI.run { api in
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("dir/a", length: 100_000, id: id, ["Priority: u=5"])
                    try await client.send(bytes: 50_000)
                    try await api.isRunning(id)
                    try await eventually("half has come") { try api.operation(id).progress.bytesDone == 50_000 }
                    let running = try await Self.document(api, id)
                    #expect(running["id"] == .string("\(id)"))
                    #expect(running["kind"] == .string("upload"))
                    #expect(running["name"] == .string("default/dir/a"))
                    #expect(running["state"] == .string("running"))
                    #expect(running["client"] == .string("127.0.0.1"))
                    #expect(running["priority"] == .string("batch"))
                    #expect(running["progress", "bytes_done"] == .number(50_000))
                    #expect(running["progress", "bytes_total"] == .number(100_000))
                    #expect(running["progress", "fraction"] == .number(0.5))
                    #expect(running["queue_position"] == .null)
                    #expect(running["ended_at"] == .null)
                    try await client.send(bytes: 50_000)
                    let answer = try await client.answer()
                    #expect(answer.status == 201)
                    #expect(answer.body.contains("\"operation_id\":\"\(id)\""))
                }
                let ended = try await Self.document(api, id)
                #expect(ended["state"] == .string("succeeded"))
                #expect(ended["progress", "fraction"] == .number(1))
                #expect(ended["error"] == .null)
                let history = try await api.call("GET", "/v1/operations/\(id)/history")
                let entries = try JSONValue(json: history.body.utf8)["entries"]?.elements ?? []
                let states = entries.compactMap { $0["state"]?.text }
                #expect(states.first == "queued" && states.contains("running") && states.last == "succeeded")
                let last = try await api.call("GET", "/v1/operations/\(id)/history?limit=1")
                #expect(try JSONValue(json: last.body.utf8)["entries"]?.elements.count == 1)
            }
        }

        @Test func uploadIsSeenWhileItWaits() async throws {
            try await LiveAPI.run(Self.oneSlot) { api in
                try await api.withSlotTaken { holder, _ in
                    let ids = [OperationID(), OperationID()]
                    try await RawClient.connect(to: api.port) { first in
                        try await first.beginUpload("first", length: 5, id: ids[0])
                        try await api.isQueued(ids[0])
                        try await RawClient.connect(to: api.port) { second in
                            try await second.beginUpload("second", length: 5, id: ids[1])
                            try await api.isQueued(ids[1])
                            for (place, id) in ids.enumerated() {
                                let waiting = try await Self.document(api, id)
                                #expect(waiting["state"] == .string("queued"))
                                #expect(waiting["queue_position"] == .number(Double(place + 1)))
                                #expect(waiting["started_at"] == .null)
                                #expect(waiting["progress", "bytes_done"] == .number(0))
                            }
                            let list = try await api.call("GET", "/v1/operations?state=queued")
                            let queued = try JSONValue(json: list.body.utf8)["operations"]?.elements ?? []
                            #expect(queued.map { $0["id"]?.text } == ids.reversed().map { "\($0)" })
                            let usage = try JSONValue(json: await api.call("GET", "/v1/system").body.utf8)[
                                "resource_usage"
                            ]
                            #expect(usage?["active_operations"] == .number(1))
                            #expect(usage?["queued_operations"] == .number(2))
                            try await holder.send(bytes: 10)
                            #expect(try await holder.answer().status == 201)
                            try await first.send(bytes: 5)
                            #expect(try await first.answer().status == 201)
                            try await second.send(bytes: 5)
                            #expect(try await second.answer().status == 201)
                        }
                    }
                }
                try await api.isAtRest()
            }
        }

        @Test func idIsTakenWhileItsOperationIsKnown() async throws {
            try await LiveAPI.run { api in
                let id = OperationID()
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("a", length: 5, id: id)
                    try await api.isRunning(id)
                    for method in ["PUT", "DELETE"] {
                        let target = "/v1/buckets/default/files/b"
                        let second = try await api.call(method, target, ["X-Operation-Id: \(id)"])
                        try second.expectProblem(409, "operation_exists")
                    }
                    try await client.send(bytes: 5)
                    #expect(try await client.answer().status == 201)
                }
                let upper = "X-Operation-Id: \("\(id)".uppercased())"
                try await api.call("GET", "/v1/buckets/default/files/a", [upper]).expectProblem(409, "operation_exists")
                #expect(try await api.call("GET", "/v1/operations").body.contains("\(id)"))
            }
        }

        @Test(arguments: [
            "1", "x", "", "0192f0c1-2d3e-7abc-8def-0123456789a", "{0192f0c1-2d3e-7abc-8def-0123456789ab}",
        ])
        func idThatIsNoneIsRefused(_ id: String) async throws {
            try await LiveAPI.run { api in
                let before = try Footprint(of: api.manager)
                let fields = ["X-Operation-Id: \(id)"]
                let target = "/v1/buckets/default/files/a"
                for method in ["PUT", "DELETE"] {
                    try await api.call(method, target, fields).expectProblem(400, "invalid_operation_id")
                }
                #expect(try Footprint(of: api.manager) == before)
            }
        }

        @Test func unknownOperationIsSaidToBeUnknown() async throws {
            try await TestAPI.run { api in
                let target = "/v1/operations/\(OperationID())"
                try await api.expectRefused(404, "operation_not_found", .get, target)
                try await api.expectRefused(404, "operation_not_found", .delete, target)
                try await api.expectRefused(404, "operation_not_found", .get, target + "/history")
                try await api.expectRefused(404, "operation_not_found", .get, target + "/events")
                try await api.expectRefused(404, "operation_not_found", .head, target + "/events")
                for id in ["1", "%20", "not-an-operation", "0192f0c1-2d3e-7abc-8def-0123456789abc"] {
                    try await api.expectRefused(400, "invalid_operation_id", .get, "/v1/operations/\(id)")
                    try await api.expectRefused(400, "invalid_operation_id", .delete, "/v1/operations/\(id)")
                }
            }
        }

        @Test func listIsFilteredAndPaged() async throws {
            try await TestAPI.run { api in
                for number in 0..<5 { try await api.store("\(number)", "content \(number)") }
                #expect(try await api.file(.delete, "0").status == 204)
                try await api.expectRefused(
                    412,
                    "precondition_failed",
                    .put,
                    TestAPI.target(of: "1"),
                    ["If-None-Match": "*"]
                )
                let uploads = "/v1/operations?kind=upload&state=succeeded&limit=2"
                var names: [String] = []
                var cursor = ""
                var pages = 0
                repeat {
                    let page = try await api.send(.get, uploads + cursor).json()
                    names += page["operations"]?.elements.compactMap { $0["name"]?.text } ?? []
                    cursor = page["next_cursor"]?.text.map { "&cursor=\($0)" } ?? ""
                    pages += 1
                } while !cursor.isEmpty && pages < 10
                #expect(names == (0..<5).reversed().map { "default/\($0)" })
                #expect(pages == 3)
                let failed = try await api.send(.get, "/v1/operations?state=failed").json()["operations"]?.elements
                #expect(failed?.map { $0["error"]?["code"]?.text } == ["precondition_failed"])
            }
        }
    }
}
