import Foundation
import HTTPTypes
import Purser
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserHTTP

/// A real disk that is really full.
///
/// Needs the right to mount one; where that is missing, the suite is skipped.
@Suite(.enabled(if: SmallDisk.isMountable, "no right to mount a disk"), .timeLimit(.minutes(1)))
struct SmallDiskTests {
    @Test func fullDiskRefusesUploadsAndTakesDeletes() async throws {
        try await SmallDisk.run(megabytes: 24) { disk in
            try await TestAPI.run({ $0.storage.path = disk.appending("store") }) { api in
                var stored = 0
                var refused: APIAnswer?
                while refused == nil, stored < 100 {
                    let content = String(repeating: "\(stored % 10)", count: 1_000_000 + stored)
                    let answer = try await api.file(.put, "\(stored)", [:], content)
                    if answer.status == 201 { stored += 1 } else { refused = answer }
                }
                try #require(refused).expectProblem(507, "store_full")
                #expect(stored > 5)
                #expect(try Footprint(of: api.manager).isAtRest)
                for number in 0..<stored {
                    #expect(try await api.file(.head, "\(number)")["Content-Length"] == "\(1_000_000 + number)")
                }
                for number in 0..<stored { #expect(try await api.file(.delete, "\(number)").status == 204) }
                #expect(try await api.send(.get, "/readyz").status == 200)
            }
        }
    }
}
