import PurserIdentifiers
import Synchronization
import SystemPackage

/// `purser get -r`: writes the files under a prefix into a folder.
struct FolderDownload: Sendable {
    /// Where they come from.
    let service: any StorageService
    /// The bucket.
    let bucket: BucketName
    /// What their keys begin with, left out of their paths.
    let prefix: String
    /// Where they go.
    let folder: FilePath
    /// What is not fetched.
    var exclusion = Exclusion()
    /// Whether a file is left as it is where it has the same content.
    var comparesContents = true

    /// Fetches all.
    ///
    /// - Throws: ``FailedTransfers`` in the end where some failed.
    func run(on console: Console) async throws {
        var walk = FileWalk(FileQuery(bucket: self.bucket, prefix: self.prefix), of: self.service)
        let first = try await walk.nextFile()
        guard let first else {
            throw CommandError("there is no file under '\(self.prefix)' in \(self.bucket)", code: "file_not_found")
        }
        try DownloadTarget.makeFolder(self.folder)
        var pending: FileDocument? = first
        let exclusion = self.exclusion
        let prefixBytes = self.prefix.utf8.count
        let count = Atomic<Int>(0)
        let report = try await ProgressDisplay.show("fetching", on: console) { display in
            await Batch.run(
                next: {
                    while let file = pending {
                        pending = try await walk.nextFile()
                        let relative = String(decoding: file.key.utf8.dropFirst(prefixBytes), as: UTF8.self)
                        if !exclusion.coversFile(relative) { return file }
                    }
                    return nil
                },
                name: { $0.key },
                work: { file in
                    let outcome = try await self.get(file, display)
                    let files = count.wrappingAdd(1, ordering: .relaxed).newValue
                    display.rename("\(files) files")
                    return outcome
                }
            )
        }
        try report.conclude("fetched", on: console)
    }

    private func get(_ file: FileDocument, _ display: ProgressDisplay) async throws -> Batch.Outcome {
        // Other tools mark a folder by an empty file whose key ends with a slash.
        if file.size == 0, file.key.utf8.last == UInt8(ascii: "/") { return .skipped }
        guard let relative = DownloadTarget.relativePath(of: file.key, droppingPrefix: self.prefix) else {
            throw CommandError("its key cannot be a path below \(self.folder); fetch it alone: purser get KEY FILE")
        }
        try DownloadTarget.makeFolders(above: relative, in: self.folder)
        let path = self.folder.appending(relative.components)
        if self.comparesContents, try await SameContent.isFetched(path, size: file.size, sha256: file.sha256) {
            return .unchanged
        }
        let place = FilePlace(bucket: self.bucket, key: try FileKey(file.key))
        let download = FileDownload(service: self.service, place: place)
        let expected = try ContentFacts(file)
        let facts = try await download.run(
            to: path,
            expecting: expected,
            isAmongOthers: true,
            begin: { _ in },
            onBytes: { display.advance(bytes: $0) }
        )
        return .done(bytes: facts.size)
    }
}
