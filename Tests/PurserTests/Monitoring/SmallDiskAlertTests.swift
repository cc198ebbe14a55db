import Foundation
import PurserTestSupport
import SystemPackage
import Testing

@testable import Purser

/// The alerts of a disk that is really small, and really fills up.
@Suite(.enabled(if: SmallDisk.isMountable, "no right to mount a disk"), .timeLimit(.minutes(1)))
struct SmallDiskAlertTests {
    @Test
    func diskThatFillsUpIsToldAndForgottenWhenItIsFree() async throws {
        try await SmallDisk.run(megabytes: 64) { disk in
            try await withWatched {
                $0.storage.path = disk.appending("store")
            } _: { watched, _ in
                func look() async { await watched.pass(5, await watched.monitor.machine.look()) }
                await look()
                #expect(watched.states("disk_low").isEmpty && watched.states("disk_critical").isEmpty)
                // Something else on the disk takes the room.
                let other = disk.appending("other").string
                let room = try #require(await watched.monitor.machine.look().diskAvailableBytes)
                func fill(leaving bytes: Int64) throws {
                    try Data(count: Int(room - bytes)).write(to: URL(filePath: other))
                }
                try fill(leaving: 10 << 20)
                await look()
                #expect(watched.states("disk_low") == [.firing] && watched.states("disk_critical").isEmpty)
                try fill(leaving: 4 << 20)
                await look()
                #expect(watched.states("disk_critical") == [.firing])
                try FileManager.default.removeItem(atPath: other)
                await look()
                #expect(watched.states("disk_low") == [.resolved] && watched.states("disk_critical") == [.resolved])
            }
        }
    }
}
