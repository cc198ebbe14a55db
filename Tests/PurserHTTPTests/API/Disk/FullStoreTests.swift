import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// A store that fills up while bytes come in.
    @Suite(.timeLimit(.minutes(1))) struct FullStoreTests {
        @Test func uploadOfUnknownLengthEndsAtTheQuota() async throws {
            try await LiveAPI.run({ $0.purser.storage.quota = 1_000_000 }) { api in
                let before = try Footprint(of: api.manager)
                try await RawClient.connect(to: api.port) { client in
                    try await client.request("PUT", "/v1/buckets/default/files/a", ["Transfer-Encoding: chunked"])
                    try await client.send(String(20_000_000, radix: 16) + "\r\n")
                    client.pour(bytes: 20_000_000)
                    let answer = try await client.answer()
                    try answer.expectProblem(507, "store_full")
                    #expect(answer["connection"] == "close")
                }
                try await api.isAtRest()
                #expect(try Footprint(of: api.manager) == before)
                try await api.store("a", "fits")
            }
        }

        @Test func announcedUploadBeyondTheQuotaSendsNoBody() async throws {
            try await LiveAPI.run({ $0.purser.storage.quota = 1_000_000 }) { api in
                try await RawClient.connect(to: api.port) { client in
                    try await client.beginUpload("a", length: 2_000_000, ["Expect: 100-continue"])
                    try await client.answer().expectProblem(507, "store_full")
                    #expect(try await client.rest() == "")
                }
                try await api.isAtRest()
            }
        }

        @Test func roomIsPromisedOnlyOnce() async throws {
            try await LiveAPI.run({ $0.purser.storage.quota = 1_000_000 }) { api in
                let id = OperationID()
                try await RawClient.connect(to: api.port) { first in
                    try await first.beginUpload("a", length: 800_000, id: id)
                    try await api.isRunning(id)
                    try await eventually("the room is reserved") {
                        api.manager.resources.metrics().diskReserved == 800_000
                    }
                    try await RawClient.connect(to: api.port) { second in
                        try await second.beginUpload("b", length: 800_000)
                        try await second.answer().expectProblem(507, "store_full")
                    }
                    try await first.send(bytes: 800_000)
                    #expect(try await first.answer().status == 201)
                }
                try await api.isAtRest()
            }
        }
    }
}
