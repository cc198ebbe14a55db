import PurserIdentifiers
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
        let report = try await ProgressDisplay.show(isBatch: true, on: console, count: { try await self.count() }) {
            display in
            var pending: FileDocument? = first
            return await Batch.run(
                next: {
                    while let file = pending {
                        pending = try await walk.nextFile()
                        if self.isWanted(file) { return file }
                    }
                    return nil
                },
                name: { $0.key },
                work: { try await self.get($0, display) }
            )
        }
        try report.conclude("fetched", on: console)
    }

    private func isWanted(_ file: FileDocument) -> Bool {
        let relative = String(decoding: file.key.utf8.dropFirst(self.prefix.utf8.count), as: UTF8.self)
        return !self.exclusion.coversFile(relative)
    }

    /// Files and bytes in all, for the display.
    private func count() async throws -> (files: Int, bytes: Int64) {
        var walk = FileWalk(FileQuery(bucket: self.bucket, prefix: self.prefix), of: self.service)
        var count: (files: Int, bytes: Int64) = (0, 0)
        while let file = try await walk.nextFile() {
            guard self.isWanted(file), !Self.isFolderMark(file) else { continue }
            count.files += 1
            count.bytes += file.size
        }
        return count
    }

    /// Other tools mark a folder by an empty file whose key ends with a slash.
    private static func isFolderMark(_ file: FileDocument) -> Bool {
        file.size == 0 && file.key.utf8.last == UInt8(ascii: "/")
    }

    private func get(_ file: FileDocument, _ display: ProgressDisplay) async throws -> Batch.Outcome {
        guard !Self.isFolderMark(file) else { return .skipped }
        return try await display.transfer(file.key, bytesTotal: file.size) { try await self.get(file, $0) }
    }

    private func get(_ file: FileDocument, _ progress: ProgressDisplay.TransferProgress) async throws -> Batch.Outcome {
        guard let relative = DownloadTarget.relativePath(of: file.key, droppingPrefix: self.prefix) else {
            throw CommandError("its key cannot be a path below \(self.folder); fetch it alone: purser get KEY FILE")
        }
        try DownloadTarget.makeFolders(above: relative, in: self.folder)
        let path = self.folder.appending(relative.components)
        if self.comparesContents,
            try await SameContent.isFetched(path, as: file, onBytes: { progress.compare(bytes: $0) })
        {
            return .unchanged
        }
        let place = FilePlace(bucket: self.bucket, key: try FileKey(file.key))
        let facts = try await FileDownload(service: self.service, place: place).run(
            to: path,
            expecting: ContentFacts(file),
            isAmongOthers: true,
            begin: { progress.expect(bytesTotal: $0.size, offset: $0.offset) },
            onBytes: { progress.advance(bytes: $0) }
        )
        return .done(bytes: facts.size)
    }
}
