import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserStore
import PurserTestSupport
import Testing

/// Each call that keeping a content otherwise makes to the disk fails in turn, or is the last before the end.
@Suite(.timeLimit(.minutes(5)))
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

    @Test(arguments: Change.allCases, [FaultyFileSystem.Fault.noSpace, .inputOutput])
    func failedCallLeavesOneWholeForm(_ change: Change, _ fault: FaultyFileSystem.Fault) async throws {
        let counts = try await Self.counts(change)
        #expect(counts[.rename] == 1 && counts[.remove] == 1 && counts[.synchronizeDirectory] == 2)
        for (call, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for place in 0..<count {
                try await Self.fail(call, place, fault, change)
            }
        }
    }

    private static func fail(
        _ call: FileSystemCall,
        _ place: Int,
        _ fault: FaultyFileSystem.Fault,
        _ change: Change
    ) async throws {
        let comment: Comment = "\(change), \(call), number \(place), \(fault)"
        try await withStoreFolder { folder in
            var store = try await Self.prepare(folder, change)
            folder.disk.fail(call, with: fault, skipping: place, times: 1)
            do {
                let outcome = try await store.reencode("a", change.after)
                // Only the removal of the old form is nobody's failure: the content is kept as asked.
                #expect([.remove, .synchronizeDirectory].contains(call) && outcome.result == .reencoded, comment)
            } catch let error as StoreError {
                let isSynchronization = call == .synchronize || call == .synchronizeDirectory
                let expected: StoreError.Code =
                    isSynchronization ? .readOnly : fault == .noSpace ? .storeFull : .inputOutput
                #expect(error.code == expected, comment)
            }
            #expect(folder.disk.injectedFaults == 1, comment)
            folder.disk.heal()
            #expect(try await store.read("a") == Self.content, comment)
            #expect(try store.folder.stagingFiles().isEmpty, comment)
            // No damage was seen where there is none.
            #expect(try !store.files.file(bucket: .default, key: FileKey("a")).isDamaged, comment)
            try await store.files.close()

            store = try await folder.open()
            try await store.files.sweep()
            try await Self.expectWhole(store, comment)
            _ = try await store.reencode("a", change.after)
            try await Self.expectWhole(store, comment)
            #expect(try store.files.file(bucket: .default, key: FileKey("a")).coding == change.after, comment)
            try await store.files.close()
        }
    }

    @Test(arguments: Change.allCases, CrashTests.End.allCases)
    func endAtAnyCallLeavesOneWholeForm(_ change: Change, _ end: CrashTests.End) async throws {
        let calls = try await Self.counts(change).values.reduce(0, +)
        #expect(calls > 8)
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
