import PurserIdentifiers
import Synchronization
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
        var walk = walk
        let count = Atomic<Int>(0)
        // Where there is nothing yet, nothing need be asked for.
        let first = FileQuery(bucket: self.bucket, prefix: self.prefix, limit: 1)
        let isEmpty = try await self.service.list(first, after: nil).files.isEmpty
        let compares = self.comparesContents && !isEmpty
        let report = try await ProgressDisplay.show("storing", on: console) { display in
            await Batch.run(
                next: { walk.next() },
                name: { $0.name },
                work: { entry in
                    let outcome = try await self.put(entry, comparing: compares, display, console)
                    let files = count.wrappingAdd(1, ordering: .relaxed).newValue
                    display.rename("\(files) files")
                    return outcome
                }
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
        case .failed(_, let reason): throw CommandError(reason)
        case .file(let path, let relative):
            let place = FilePlace(bucket: self.bucket, key: try FileKey(self.prefix + relative))
            if comparing, let stored = try await self.service.fileIfPresent(place),
                try await SameContent.isStored(.file(path), as: stored, options: self.options)
            {
                return .unchanged
            }
            let source = try ContentSource.file(path, onBytes: { display.advance(bytes: $0) })
            let stored = try await self.service.upload(
                source,
                to: place,
                options: self.options,
                operation: OperationID()
            )
            return .done(bytes: stored.file.size)
        }
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
