import Foundation
import Purser
import Testing

@testable import PurserHTTP

extension LiveConnectionTests {
    /// Who is served first.
    @Suite(.timeLimit(.minutes(1))) struct FairnessTests {
        private static func oneSlot(_ settings: inout LiveAPI.Settings) {
            settings.purser.resources.maxConcurrentOperations = 1
        }

        /// Queues small uploads one after the other, frees the slot, and tells in which order they ran.
        private static func order(
            of uploads: [(key: String, address: String, priority: String)],
            _ api: LiveAPI
        ) async throws -> [String] {
            let ids = uploads.map { _ in OperationID() }
            try await api.withSlotTaken { holder, _ in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (upload, id) in zip(uploads, ids) {
                        group.addTask {
                            try await RawClient.connect(to: api.port, from: upload.address) { client in
                                try await client.beginUpload(
                                    upload.key,
                                    length: 5,
                                    id: id,
                                    ["Priority: \(upload.priority)"]
                                )
                                try await client.send(bytes: 5)
                                #expect(try await client.answer().status == 201)
                            }
                        }
                        try await api.isQueued(id)
                    }
                    try await holder.send(bytes: 10)
                    #expect(try await holder.answer().status == 201)
                    try await group.waitForAll()
                }
            }
            let ended = try ids.map { try api.operation($0) }
            #expect(ended.allSatisfy { $0.state == .succeeded })
            let started = zip(uploads, ended).sorted {
                ($0.1.startedAt ?? .distantPast) < ($1.1.startedAt ?? .distantPast)
            }
            return started.map(\.0.key)
        }

        @Test func clientWithManyUploadsDoesNotDelayAnother() async throws {
            try await LiveAPI.run(Self.oneSlot) { api in
                let many = (0..<10).map { ("many\($0)", "127.0.0.1", "u=3") }
                let order = try await Self.order(of: many + [("other", "127.0.0.2", "u=3")], api)
                let place = try #require(order.firstIndex(of: "other"))
                #expect(place <= 1, "\(order)")
                #expect(order.filter { $0 != "other" } == many.map(\.0))
                let list = api.manager.operations.list(limit: 100).snapshots
                #expect(Set(list.map(\.client)) == ["127.0.0.1", "127.0.0.2"])
            }
        }

        @Test func urgentGoesFirst() async throws {
            try await LiveAPI.run(Self.oneSlot) { api in
                let address = "127.0.0.1"
                let order = try await Self.order(
                    of: [
                        ("background", address, "u=7"), ("batch", address, "u=4, i"), ("interactive", address, "u=0"),
                        ("default", address, "nonsense=;;"), ("background2", address, "u=6"),
                        ("batch2", address, "i;q=1, u=5"),
                        ("outOfRange", address, "u=99"),
                    ],
                    api
                )
                #expect(
                    order == ["interactive", "default", "outOfRange", "batch", "batch2", "background", "background2"]
                )
            }
        }
    }
}
