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

    /// Stores what the walk comes upon.
    ///
    /// - Throws: ``FailedTransfers`` in the end where some failed.
    func run(_ walk: FolderWalk, on console: Console) async throws {
        var walk = walk
        let count = Atomic<Int>(0)
        let report = try await ProgressDisplay.show("storing", on: console) { display in
            try await Batch.run(
                next: { walk.next() },
                name: { $0.name },
                work: { entry in
                    let outcome = try await self.put(entry, display, console)
                    let files = count.wrappingAdd(1, ordering: .relaxed).newValue
                    display.rename("\(files) files")
                    return outcome
                },
                onFailure: { name, error in console.failure(error.telling(of: name)) }
            )
        }
        try report.conclude("stored", on: console)
    }

    private func put(
        _ entry: FolderWalk.Entry,
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
