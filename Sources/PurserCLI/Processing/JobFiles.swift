import PurserIdentifiers
import SystemPackage

/// The files that `purser process` is given: local ones, which are stored first, and keys of the bucket.
struct JobFiles: Sendable {
    /// Where a file comes from.
    enum Source: Sendable, Hashable {
        /// From this path, to be stored.
        case local(FilePath, bytes: Int64)
        /// It is stored.
        case stored(bytes: Int64)
    }

    /// Where it is or will be, and where it comes from.
    private(set) var files: [(place: FilePlace, source: Source)] = []
    private var places: Set<FilePlace> = []

    /// Finds out what names mean.
    ///
    /// - Parameters:
    ///   - names: Paths of local files, or keys of the bucket where there is no such path.
    ///   - areKeys: Whether all are keys.
    ///   - bucket: The bucket.
    ///   - prefix: What comes before the names of local files.
    ///   - service: Who knows the bucket.
    /// - Throws: ``CommandError``, `IdentifierError`; an error of the service.
    init(
        _ names: [String],
        areKeys: Bool,
        in bucket: BucketName,
        under prefix: String,
        of service: any StorageService
    ) async throws {
        var paths: [FilePlace: FilePath] = [:]
        for name in names {
            let path = FilePath(name)
            guard !areKeys, let status = try Self.status(of: path) else {
                let place = FilePlace(bucket: bucket, key: try FileKey(name))
                guard let file = try await service.fileIfPresent(place) else { throw Self.missing(place, areKeys) }
                self.add(place, .stored(bytes: file.size))
                continue
            }
            // Refuses folders and devices, and says what to do about them.
            _ = try ContentSource.file(path)
            guard let last = path.lastComponent, last.kind == .regular else {
                throw CommandError.usage("'\(name)' has no name to use as the key")
            }
            let place = FilePlace(bucket: bucket, key: try FileKey(prefix + last.string))
            if let other = paths.updateValue(path, forKey: place), other != path {
                throw CommandError.usage(
                    "\(other) and \(path) would both be stored as \(place); store them with 'purser put', and process keys"
                )
            }
            self.add(place, .local(path, bytes: status.size))
        }
    }

    private mutating func add(_ place: FilePlace, _ source: Source) {
        guard self.places.insert(place).inserted else { return }
        self.files.append((place, source))
    }

    private static func status(of path: FilePath) throws -> FileStatus? {
        do {
            return try FileStatus.ifPresent(path)
        } catch {
            // A key may look like a path that cannot be.
            if error == .notDirectory || error == .fileNameTooLong { return nil }
            throw CommandError("\(path) cannot be read: \(error)")
        }
    }

    private static func missing(_ place: FilePlace, _ areKeys: Bool) -> CommandError {
        CommandError(
            areKeys ? "there is no file \(place)" : "there is neither a local file '\(place.key)' nor a file \(place)",
            code: "file_not_found"
        )
    }

    /// Bytes of them all.
    var bytes: Int64 {
        self.files.reduce(0) { sum, file in
            switch file.source {
            case .local(_, let bytes), .stored(let bytes): sum + bytes
            }
        }
    }

    /// Stores the local ones, some at a time; one that has its key already is not sent again.
    ///
    /// - Returns: Where all of them are now, but for those that could not be stored; and these.
    /// - Throws: What ends all of them, such as a server that is gone.
    func upload(to service: any StorageService, on console: Console) async throws -> (
        places: [FilePlace], failed: [BatchReport.Failure]
    ) {
        let local: [(place: FilePlace, path: FilePath)] = self.files.compactMap { file in
            if case .local(let path, _) = file.source { (place: file.place, path: path) } else { nil }
        }
        guard !local.isEmpty else { return (self.files.map(\.place), []) }
        let report = try await ProgressDisplay.show(isBatch: local.count > 1, on: console) { display in
            var rest = local[...]
            return await Batch.run(
                next: { rest.popFirst() },
                name: { $0.path.string },
                work: { try await Self.upload($0.path, to: $0.place, of: service, display) }
            )
        }
        if let end = report.end { throw end }
        let failed = Set(report.failed.map(\.name))
        let places = self.files.filter { file in
            if case .local(let path, _) = file.source { !failed.contains(path.string) } else { true }
        }
        return (places.map(\.place), report.failed)
    }

    private static func upload(
        _ path: FilePath,
        to place: FilePlace,
        of service: any StorageService,
        _ display: ProgressDisplay
    ) async throws -> Batch.Outcome {
        try await display.transfer(path.string) { progress in
            let source = try ContentSource.file(path, onBytes: { progress.advance(bytes: $0) })
            progress.expect(bytesTotal: source.size)
            if let stored = try await service.fileIfPresent(place) {
                let compared = try ContentSource.file(path, onBytes: { progress.compare(bytes: $0) })
                if try await SameContent.isStored(compared, as: stored, options: PutOptions()) { return .unchanged }
            }
            let stored = try await service.upload(source, to: place, options: PutOptions(), operation: OperationID())
            return .done(bytes: stored.file.size)
        }
    }
}
