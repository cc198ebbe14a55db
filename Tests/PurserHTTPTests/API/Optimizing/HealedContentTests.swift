import Foundation
import NIOHTTP1
import Purser
import PurserBlobs
import PurserTestSupport
import Testing

@testable import PurserHTTP

/// From damage on the disk to the alert, and back.
@Suite(.timeLimit(.minutes(2)))
struct HealedContentTests {
    @Test func damageIsAnAlertUntilTheContentIsStoredAgain() async throws {
        try await OptimizerClient.run { client in
            let content = OptimizerSample.log(bytes: 200_000, seed: 5)
            try await client.store("a", content)
            let manager = client.api.manager
            let blob = try manager.file(in: .default, key: FileKey("a")).blob
            let path = StoreLayout(root: manager.configuration.storage.path).file(of: blob)
            try LocalFileSystem().open(path, .openOrCreate).truncate(to: 10)
            let run = try await client.run(#"{"strategies":["verification"],"verify_all":true}"#)
            #expect(run.strategies["verification"]?.findings["damaged"] == 1)
            try await eventually("an alert fires") { Self.isFiring(manager) }
            #expect(try await client.send(.GET, OptimizerClient.target(of: "a")).status == 500)
            try await client.store("again", content)
            try await eventually("the alert is over") { !Self.isFiring(manager) }
            let read = try await client.send(.GET, OptimizerClient.target(of: "a"))
            #expect(read.status == 200 && read.body == content)
        }
    }

    private static func isFiring(_ manager: FileStorageManager) -> Bool {
        manager.alerts(in: [.firing]).contains { $0.rule == "content_damaged" }
    }
}
