import PurserOperations
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserStore
import Testing

extension OpenStore {
    /// Expects that what did not succeed has left nothing: no staging file, no slot, no room on the disk taken, and only
    /// the blob files and keys that are named.
    func expectOnly(
        blobFiles: Int,
        keys: [String] = [],
        _ comment: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try self.folder.stagingFiles().isEmpty, comment, sourceLocation: sourceLocation)
        #expect(try self.folder.blobFiles().count == blobFiles, comment, sourceLocation: sourceLocation)
        #expect(try self.keys() == keys, comment, sourceLocation: sourceLocation)
        let metrics = self.resources.metrics()
        #expect(metrics.active == 0, comment, sourceLocation: sourceLocation)
        #expect(metrics.diskReserved == 0, comment, sourceLocation: sourceLocation)
    }

    /// Expects that the counters are what counting the files, and the bytes that they name, comes to.
    func expectTrueCounters(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var files: [FileRecord] = []
        var after: ListPosition?
        repeat {
            let page = try self.files.list(ListRequest(bucket: .default, after: after, limit: 7))
            files += page.files
            after = page.next
        } while after != nil
        let totals = try self.files.totals()
        var blobs: [BlobID: Int64] = [:]
        for file in files { blobs[file.blob] = file.size }
        #expect(totals.files == Int64(files.count), comment, sourceLocation: sourceLocation)
        #expect(totals.logicalBytes == files.reduce(0) { $0 + $1.size }, comment, sourceLocation: sourceLocation)
        #expect(totals.blobs == Int64(blobs.count), comment, sourceLocation: sourceLocation)
        #expect(totals.distinctBytes == blobs.values.reduce(0, +), comment, sourceLocation: sourceLocation)
        var stored: Int64 = 0
        for (blob, size) in blobs {
            let record = try self.files.catalog.blob(blob)
            stored += record?.storedSize ?? 0
            #expect(record?.size == size, comment, sourceLocation: sourceLocation)
            let references = Int64(files.count { $0.blob == blob })
            #expect(record?.references == references, comment, sourceLocation: sourceLocation)
        }
        #expect(
            totals.physicalBytes - totals.reclaimableBytes == stored,
            comment,
            sourceLocation: sourceLocation
        )
    }
}
