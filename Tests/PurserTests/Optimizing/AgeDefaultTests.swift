import Foundation
import Purser
import PurserTestSupport
import Synchronization
import Testing

/// What a library user gets who asks for the removal of old files, and who does not.
@Suite struct AgeDefaultTests {
    private static let day = 86_400.0

    @Test func ageIsThirtyDaysForWhoeverAsksAndOffForAllOthers() async throws {
        let seconds = Mutex(1_800_000_000.0)
        let time = TimeOfDay { Date(timeIntervalSince1970: seconds.withLock { $0 }) }
        try await withManager(timeOfDay: time) { manager, _ in
            func keys() throws -> [String] { try manager.list(ListRequest(bucket: .default)).files.map(\.key.text) }
            try await manager.upload(to: .default, key: FileKey("old"), bytes: Array("old".utf8))
            try await manager.upload(
                to: .default,
                key: FileKey("pinned"),
                bytes: Array("pinned".utf8),
                options: UploadOptions(metadata: ["pin": "true"])
            )
            seconds.withLock { $0 += Self.day }
            try await manager.upload(to: .default, key: FileKey("younger"), bytes: Array("younger".utf8))
            seconds.withLock { $0 += 29 * Self.day + 1 }
            // A run that names nothing, as those of the schedule: no file goes.
            let nameless = try await manager.optimizeStorage()
            #expect(nameless.state == .succeeded && nameless[.age] == nil && nameless[.sizeLimit] == nil)
            #expect(try keys() == ["old", "pinned", "younger"])
            let dry = try await manager.optimizeStorage([.age], dryRun: true)
            #expect(dry[.age]?.filesProcessed == 1)
            #expect(try keys() == ["old", "pinned", "younger"])
            let report = try await manager.optimizeStorage([.age])
            #expect(report[.age]?.filesProcessed == 1 && report.spaceSavedBytes == dry.spaceSavedBytes)
            #expect(try keys() == ["pinned", "younger"])
            let trail = try manager.removals(ofRun: report.id)
            #expect(trail.map(\.reason) == ["written 30.0 d ago, limit 30.0 d"])
        }
    }
}
