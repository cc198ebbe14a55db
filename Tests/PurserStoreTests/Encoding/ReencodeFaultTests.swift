import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Testing

/// Each call that keeping a content otherwise makes to the disk fails in turn, or is the last before the end.
@Suite(.timeLimit(.minutes(10)))
struct ReencodeFaultTests {
    /// From one form to another.
    enum Change: CaseIterable {
        case compress, recompress, decompress

        var before: ContentCoding? { self == .compress ? nil : .gzip }
        var after: ContentCoding? { self == .decompress ? nil : .zstd }
    }

    private static let content = text(60_000)
    private static let other = sample(9000, seed: 3)

    private static func prepare(_ folder: StoreFolder, _ change: Change) async throws -> OpenStore {
        let store = try await folder.open()
        try await store.put("a", Self.content)
        try await store.put("other", Self.other)
        if let coding = change.before { try await store.reencode("a", coding) }
        folder.disk.resetCounts()
        return store
    }

    /// Which calls are made, and how often.
    private static func counts(_ change: Change) async throws -> [FileSystemCall: Int] {
        var counts: [FileSystemCall: Int] = [:]
        try await withStoreFolder { folder in
            let store = try await Self.prepare(folder, change)
            try await store.reencode("a", change.after)
            for call in FileSystemCall.allCases where folder.disk.count(of: call) > 0 {
                counts[call] = folder.disk.count(of: call)
            }
            try await store.files.close()
        }
        return counts
    }

    /// Everything is there, in one form, with true counters, and nothing else is on the disk.
    private static func expectWhole(_ store: OpenStore, _ comment: Comment) async throws {
        #expect(try await store.read("a") == Self.content, comment)
        #expect(try await store.read("other") == Self.other, comment)
        try store.expectOnly(blobFiles: 2, keys: ["a", "other"], comment)
        #expect(try store.bytesOnDisk() == store.files.totals().physicalBytes, comment)
    }

    /// Calls after which the next start has to look for what is left.
    private static let leaving: [FileSystemCall] = [.synchronize, .synchronizeDirectory, .remove]

    @Test(arguments: Change.allCases, [FaultyFileSystem.Fault.noSpace, .inputOutput])
    func failedCallLeavesEverythingAsItWas(_ change: Change, _ fault: FaultyFileSystem.Fault) async throws {
        let counts = try await Self.counts(change)
        #expect(counts[.rename] == 1 && counts[.write, default: 0] > 0 && counts[.read, default: 0] > 0)
        try await withStoreFolder { folder in
            let store = try await Self.prepare(folder, change)
            for (call, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue })
            where !Self.leaving.contains(call) {
                for place in 0..<count {
                    let comment: Comment = "\(change), \(call), number \(place), \(fault)"
                    let faults = folder.disk.injectedFaults
                    folder.disk.fail(call, with: fault, skipping: place, times: 1)
                    await expectError(fault == .noSpace ? .storeFull : .inputOutput, comment) {
                        try await store.reencode("a", change.after)
                    }
                    #expect(folder.disk.injectedFaults == faults + 1, comment)
                    folder.disk.heal()
                    try await Self.expectWhole(store, comment)
                    let file = try store.files.file(bucket: .default, key: FileKey("a"))
                    // No damage was seen where there is none.
                    #expect(file.coding == change.before && !file.isDamaged, comment)
                }
            }
            #expect(store.files.readOnlyReason == nil)
            try await store.reencode("a", change.after)
            try await Self.expectWhole(store, "\(change), \(fault)")
            try await store.files.close()
        }
    }

    @Test(arguments: Change.allCases, leaving)
    func failedCallLeavesOneWholeFormAndTheRestToTheNextStart(
        _ change: Change,
        _ call: FileSystemCall
    ) async throws {
        let count = try #require(try await Self.counts(change)[call])
        for place in 0..<count {
            let comment: Comment = "\(change), \(call), number \(place)"
            try await withStoreFolder { folder in
                var store = try await Self.prepare(folder, change)
                folder.disk.fail(call, with: .inputOutput, skipping: place, times: 1)
                do {
                    let outcome = try await store.reencode("a", change.after)
                    // Where only the old form could not be removed, the content is kept as asked.
                    #expect(call != .synchronize && outcome.result == .reencoded, comment)
                } catch let error as StoreError {
                    #expect(call != .remove && error.code == .readOnly, comment)
                }
                #expect(folder.disk.injectedFaults == 1, comment)
                #expect((store.files.readOnlyReason != nil) == (call != .remove), comment)
                folder.disk.heal()
                #expect(try await store.read("a") == Self.content, comment)
                #expect(try store.folder.stagingFiles().isEmpty, comment)
                try await store.files.close()
                store = try await folder.open()
                #expect(store.files.wasUnclean, comment)
                try await store.files.sweep()
                try await Self.expectWhole(store, comment)
                try await store.files.close()
            }
        }
    }

    @Test(arguments: [
        (Change.compress, CrashTests.End.kill), (.compress, .lossOfSome), (.recompress, .lossOfEverything),
        (.decompress, .lossOfSome),
    ])
    func endAtAnyCallLeavesOneWholeForm(_ change: Change, _ end: CrashTests.End) async throws {
        let calls = try await Self.counts(change).values.reduce(0, +)
        #expect(calls > 8, "\(calls)")
        for call in 0...calls {
            let comment: Comment = "\(change), \(end), call \(call)"
            try await withStoreFolder(canLosePower: end != .kill) { folder in
                var store = try await Self.prepare(folder, change)
                folder.disk.stop(after: call)
                // It fails where the disk ends before it does.
                let outcome = try? await store.reencode("a", change.after)
                try await end.come(over: store, seed: call)
                store = try await folder.open()
                #expect(try await store.read("a") == Self.content, comment)
                try await store.files.sweep()
                try await Self.expectWhole(store, comment)
                if outcome?.result == .reencoded {
                    #expect(try store.files.file(bucket: .default, key: FileKey("a")).coding == change.after, comment)
                }
                try await store.files.close()
            }
        }
    }

    @Test func fullDiskIsFoundBeforeAnythingIsWritten() async throws {
        try await withStore { store in
            try await store.put("a", Self.content)
            store.disk.resetCounts()
            store.disk.fail(.write, with: .noSpace, on: "staging")
            await expectError(.storeFull) { try await store.reencode("a", .zstd) }
            #expect(store.disk.injectedFaults == 1)
            #expect(try await store.read("a") == Self.content)
            try store.expectOnly(blobFiles: 1, keys: ["a"])
            #expect(store.files.readOnlyReason == nil)
        }
    }

    @Test func readOnlyStoreIsNotTouchedButCanBeAsked() async throws {
        try await withStore { store in
            let file = try await store.put("a", Self.content).file
            store.disk.fail(.synchronize, with: .inputOutput, on: "staging", times: 1)
            await expectError(.readOnly) { try await store.put("b", Self.other) }
            await expectError(.readOnly) { try await store.reencode("a", .zstd) }
            var request = ReencodeRequest(coding: .zstd)
            request.isDryRun = true
            #expect(try await store.files.reencode(file.blob, request).result == .reencoded)
        }
    }
}
