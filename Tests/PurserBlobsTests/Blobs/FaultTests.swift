import PurserBlobs
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

@Suite struct FaultTests {
    /// The calls that storing one content makes.
    static let storing: [FileSystemCall] = [.open, .write, .synchronize, .close, .rename, .synchronizeDirectory]
    static let faults: [FaultyFileSystem.Fault] = [.noSpace, .inputOutput, .error(.diskQuotaExceeded)]

    @Test(arguments: storing, faults)
    func aFailedCallLeavesNothingBehind(_ call: FileSystemCall, _ fault: FaultyFileSystem.Fault) throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            disk.resetCounts()
            disk.fail(call, with: fault, times: 1)
            let error = #expect(throws: BlobError.self) { try store.put(sampleBytes(600_000)) }
            #expect(disk.injectedFaults == 1)
            switch (call, fault) {
            case (.synchronize, _), (.synchronizeDirectory, _): #expect(error?.code == .synchronizationFailed)
            case (_, .inputOutput): #expect(error?.code == .inputOutput)
            default: #expect(error?.code == .noSpace)
            }
            #expect(try store.layout.staging.names().isEmpty)
            let blob = try digest(of: sampleBytes(600_000))
            let isThere = try store.layout.shard(of: blob).names() == [blob.hex]
            // Only after the rename is it out of our hands whether the name lasts.
            #expect(isThere == (call == .synchronizeDirectory))
            // The fault is gone, the process goes on: the next content is stored.
            #expect(try store.put(sampleBytes(600_000)) == blob)
            #expect(try store.contents(of: blob, size: 600_000) == sampleBytes(600_000))
        }
    }

    @Test func aFailedSynchronizationIsNeverTriedAgain() throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            let file = try store.makeStagingFile(for: OperationID())
            try file.write(sampleBytes(10))
            let blob = try file.seal()
            disk.fail(.synchronize, with: .inputOutput, times: 1)
            for _ in 0..<2 {
                let error = #expect(throws: BlobError.self) { try store.install(file, as: blob) }
                #expect(error?.code == .synchronizationFailed)
            }
            #expect(disk.injectedFaults == 1)
            #expect(disk.count(of: .synchronize) == 1)
            #expect(try store.blobs(inShard: blob.bytes[0]).isEmpty)
        }
    }

    @Test func aContentThatFailedOnceTakesNoMoreBytes() throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            let file = try store.makeStagingFile(for: OperationID())
            disk.fail(.write, with: .noSpace, times: 1)
            #expect(throws: BlobError.self) { try file.write(sampleBytes(StagingFile.window)) }
            let error = #expect(throws: BlobError.self) { try file.write(sampleBytes(StagingFile.window)) }
            #expect(error?.code == .noSpace)
            #expect(throws: BlobError.self) { try file.seal() }
            #expect(disk.count(of: .write) == 1)
        }
    }

    @Test(arguments: [FileSystemCall.open, .fileStatus, .read])
    func aFailedReadIsNotAbsence(_ call: FileSystemCall) throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            let blob = try store.put(sampleBytes(5000))
            disk.fail(call, with: .inputOutput)
            let reading = #expect(throws: BlobError.self) { try store.contents(of: blob, size: 5000) }
            #expect(reading?.code == .inputOutput)
            let verifying = #expect(throws: BlobError.self) { try store.verify(blob, size: 5000) }
            #expect(verifying?.code == .inputOutput)
            #expect(disk.injectedFaults == 2)
        }
    }

    @Test(arguments: [FileSystemCall.remove, .synchronizeDirectory])
    func aFailedRemovalIsReportedAndCanBeFinished(_ call: FileSystemCall) throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            let blob = try store.put(sampleBytes(5000))
            disk.fail(call, with: .inputOutput, times: 1)
            let error = #expect(throws: BlobError.self) { try store.remove(blob) }
            #expect(error?.code == (call == .remove ? .inputOutput : .synchronizationFailed))
            disk.resetCounts()
            try store.remove(blob)
            #expect(disk.count(of: .synchronizeDirectory) == 1)
            #expect(try store.blobs(inShard: blob.bytes[0]).isEmpty)
        }
    }

    @Test(arguments: [FileSystemCall.createDirectory, .synchronizeDirectory], [0, 1, 2])
    func aFailedCreationIsCompletedByTheNext(_ call: FileSystemCall, _ skipped: Int) throws {
        try withTemporaryFolder { folder in
            let disk = FaultyFileSystem()
            let store = BlobStore(root: folder.appending("storage"), fileSystem: disk, logger: quiet)
            disk.fail(call, with: .noSpace, skipping: skipped, times: 1)
            #expect(throws: BlobError.self) { try store.create() }
            #expect(disk.injectedFaults == 1)
            try store.create()
            try store.put(sampleBytes(10))
        }
    }
}
