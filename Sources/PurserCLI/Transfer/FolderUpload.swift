import PurserIdentifiers
import SystemPackage

/// `purser put -r`: stores the files in a folder and below.
struct FolderUpload: Sendable {
    /// Where they go.
    let service: any StorageService
    /// The bucket.
    let bucket: BucketName
    /// What comes before their relative paths.
    let prefix: String
    /// What goes with each.
    let options: PutOptions
    /// Whether a file is left as it is where its key has the same content.
    var comparesContents = true

    /// Stores what the walk comes upon.
    ///
    /// - Throws: ``FailedTransfers`` in the end where some failed.
    func run(_ walk: FolderWalk, on console: Console) async throws {
        // Where there is nothing yet, nothing need be asked for.
        let first = FileQuery(bucket: self.bucket, prefix: self.prefix, limit: 1)
        let isEmpty = try await self.service.list(first, after: nil).files.isEmpty
        let compares = self.comparesContents && !isEmpty
        let report = try await ProgressDisplay.show(isBatch: true, on: console, count: { await walk.count() }) {
            display in
            var walk = walk
            return await Batch.run(
                next: { walk.next() },
                name: { $0.name },
                work: { try await self.put($0, comparing: compares, display, console) }
            )
        }
        try report.conclude("stored", on: console)
    }

    private func put(
        _ entry: FolderWalk.Entry,
        comparing: Bool,
        _ display: ProgressDisplay,
        _ console: Console
    ) async throws -> Batch.Outcome {
        switch entry {
        case .skipped(let path, let reason):
            console.note("\(path) is left out: \(reason)")
            return .skipped
        case .failed(let path, let reason):
            return try await display.transfer(path.string) { _ in throw CommandError(reason) }
        case .file(let path, let relative):
            return try await display.transfer(relative) { progress in
                try await self.put(path, relative, comparing: comparing, progress)
            }
        }
    }

    private func put(
        _ path: FilePath,
        _ relative: String,
        comparing: Bool,
        _ progress: ProgressDisplay.TransferProgress
    ) async throws -> Batch.Outcome {
        let place = FilePlace(bucket: self.bucket, key: try FileKey(self.prefix + relative))
        let source = try ContentSource.file(path, onBytes: { progress.advance(bytes: $0) })
        progress.expect(bytesTotal: source.size)
        if comparing, let stored = try await self.service.fileIfPresent(place) {
            let compared = try ContentSource.file(path, onBytes: { progress.compare(bytes: $0) })
            if try await SameContent.isStored(compared, as: stored, options: self.options) { return .unchanged }
        }
        let stored = try await self.service.upload(
            source,
            to: place,
            options: self.options,
            operation: OperationID()
        )
        return .done(bytes: stored.file.size)
    }
}

extension FolderWalk.Entry {
    /// What to call it where it fails.
    fileprivate var name: String {
        switch self {
        case .file(let path, _), .skipped(let path, _), .failed(let path, _): path.string
        }
    }
}
