import PurserCatalog
import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Testing

/// The process ends, or the power goes, after each single call of a history; then the store is opened again.
@Suite(.timeLimit(.minutes(5)))
struct CrashTests {
    /// How a history ends.
    enum End: String, CaseIterable {
        case kill, lossOfEverything, lossOfSome

        func come(over store: OpenStore, seed: Int) async throws {
            switch self {
            case .kill: await store.kill()
            case .lossOfEverything: try await store.losePower(.everything)
            case .lossOfSome: try await store.losePower(.some(seed: UInt64(seed)))
            }
        }
    }

    private static let old = sample(20_000, seed: 1)
    private static let new = sample(30_000, seed: 2)
    private static let shared = sample(9_000, seed: 3)

    private static func prepare(_ store: OpenStore) async throws {
        try await store.put("replaced", old)
        try await store.put("deleted", shared)
        try await store.put("kept", shared)
    }

    /// What happens while the disk goes, and after each part the keys that must then be there.
    private static func history(of store: OpenStore, _ told: inout Int) async throws {
        try await store.put("new", new)
        told = 1
        try await store.put("replaced", sample(10, seed: 4))
        told = 2
        try await store.delete("deleted")
        told = 3
        try await store.files.collect()
        told = 4
        try await store.put("replaced", old)
        told = 5
    }

    private static func callsOfHistory() async throws -> Int {
        var count = 0
        try await withStore({ $0.collectGrace = .zero }) { store in
            try await Self.prepare(store)
            store.disk.resetCounts()
            var told = 0
            try await Self.history(of: store, &told)
            count = store.disk.callCount
        }
        return count
    }

    @Test(arguments: End.allCases)
    func whatWasAcknowledgedIsThereAndNothingIsHalfThere(_ end: End) async throws {
        let calls = try await Self.callsOfHistory()
        #expect(calls > 15)
        for call in 0..<calls {
            try await withStoreFolder(canLosePower: true, { $0.collectGrace = .zero }) { folder in
                let store = try await folder.open()
                try await Self.prepare(store)
                folder.disk.stop(after: call)
                var told = 0
                // It ends where the disk does; a history of inline contents might not notice.
                _ = try? await Self.history(of: store, &told)
                try await end.come(over: store, seed: call)
                try await Self.check(folder, told, "\(end), call \(call), told \(told)")
            }
        }
    }

    private static func check(_ folder: StoreFolder, _ told: Int, _ comment: Comment) async throws {
        let store = try await folder.open()
        #expect(store.files.wasUnclean, comment)
        try await store.files.sweep()
        try await store.files.collect()
        var keys = try store.keys()
        #expect(try await store.read("kept") == Self.shared, comment)
        if told >= 1 { #expect(keys.contains("new"), comment) }
        if keys.contains("new") { #expect(try await store.read("new") == Self.new, comment) }
        if told >= 3 { #expect(!keys.contains("deleted"), comment) }
        if keys.contains("deleted") { #expect(try await store.read("deleted") == Self.shared, comment) }
        let replaced = try await store.read("replaced")
        switch told {
        case 0: #expect(replaced == Self.old, comment)
        case 1: #expect(replaced == Self.old || replaced == sample(10, seed: 4), comment)
        case 2, 3: #expect(replaced == sample(10, seed: 4), comment)
        case 4: #expect(replaced == sample(10, seed: 4) || replaced == Self.old, comment)
        default: #expect(replaced == Self.old, comment)
        }
        keys.removeAll { $0 == "deleted" || ($0 == "replaced" && replaced != Self.old) }
        #expect(try folder.blobFiles().count == keys.count, comment)
        #expect(try folder.stagingFiles().isEmpty, comment)
        try store.expectTrueCounters(comment)
        let totals = try store.files.totals()
        #expect(totals.reclaimableBytes == 0, comment)
        try await store.files.close()
    }

    /// Counted from the first call of a start, or with a negative number from the last.
    private static let places = [0, 1, 2, 3, 5, 100, -12, -10, -8, -6, -4, -3, -2, -1]

    private static func stop(_ disk: FaultyFileSystem, at place: Int, of calls: Int) {
        disk.stop(after: place < 0 ? calls + place : place)
    }

    /// The first start of a store is interrupted anywhere; the next one succeeds.
    @Test(arguments: places, [End.kill, .lossOfEverything])
    func storeThatWasHalfMadeIsMadeByTheNextStart(_ place: Int, _ end: End) async throws {
        var calls = 0
        try await withStore { calls = $0.disk.callCount }
        try await withStoreFolder(canLosePower: end != .kill) { folder in
            Self.stop(folder.disk, at: place, of: calls)
            // Parts of a start may fail without ending it.
            if let store = try? await folder.open() {
                try await end.come(over: store, seed: calls)
            } else {
                #expect(folder.disk.isDown)
                if end != .kill { try folder.disk.losePower(.everything) }
                folder.disk.reopen()
            }
            let store = try await folder.open()
            try await store.put("a", Self.old)
            #expect(try await store.read("a") == Self.old)
            try await store.files.close()
        }
    }

    private static func leaveUnfinishedWork(in folder: StoreFolder) async throws {
        let store = try await folder.open()
        try await Self.prepare(store)
        try await store.put("replaced", Self.new)
        folder.disk.fail(.remove, with: .inputOutput, on: "blobs")
        #expect(try await store.files.collect().failures == 1)
        folder.disk.heal()
        await store.kill()
        folder.disk.resetCounts()
    }

    /// The next start is interrupted anywhere, too.
    @Test(arguments: places)
    func startThatIsInterruptedCanBeTriedAgain(_ place: Int) async throws {
        var calls = 0
        try await withStoreFolder({ $0.collectGrace = .zero }) { folder in
            try await Self.leaveUnfinishedWork(in: folder)
            let store = try await folder.open()
            calls = folder.disk.callCount
            try await store.files.close()
        }
        try await withStoreFolder({ $0.collectGrace = .zero }) { folder in
            try await Self.leaveUnfinishedWork(in: folder)
            Self.stop(folder.disk, at: place, of: calls)
            // Parts of a start may fail without ending it.
            if let opened = try? await folder.open() { await opened.kill() }
            #expect(folder.disk.injectedFaults > 0)
            folder.disk.reopen()
            let store = try await folder.open()
            #expect(try await store.read("replaced") == Self.new)
            #expect(try await store.read("kept") == Self.shared)
            try store.expectOnly(blobFiles: 2, keys: ["deleted", "kept", "replaced"])
            try await store.files.close()
        }
    }
}
