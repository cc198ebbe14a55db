import Crypto
import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore

extension ProcessingService {
    /// Results that are taken into the store at the same time, so that they share a commit.
    static let parallelOutputs = 4
    /// How often a result is tried whose name others write to at the same time.
    static let maxOvertakings = 100
    /// Files of one name that may lie in quarantine.
    static let maxNamesakes = 1_000
    /// The most characters of an error in the metadata of a file.
    static let maxErrorLength = 500

    /// Takes the files that a pipeline made into the store, beside their source.
    ///
    /// Done again after a crash, it leaves the same files.
    ///
    /// - Returns: Their keys, in order.
    func keep(_ files: [StepFile], of work: FileWork) async throws -> [FileKey] {
        guard !files.isEmpty else { return [] }
        let outputs = try files.map { (file: $0, key: try self.key(of: $0, of: work)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, output) in outputs.enumerated() {
                if index >= Self.parallelOutputs { try await group.next() }
                group.addTask { try await self.keep(output.file, as: output.key, of: work) }
            }
            try await group.waitForAll()
        }
        // Each commit was past stopping; the work on the file is not yet.
        work.slot.operation.unseal()
        return outputs.map(\.key)
    }

    /// Keeps a result; where another job of the same file is faster under the name, looks at what that has left.
    private func keep(_ file: StepFile, as key: FileKey, of work: FileWork) async throws {
        for _ in 1..<Self.maxOvertakings {
            do {
                return try await self.keepUnlessOvertaken(file, as: key, of: work)
            } catch let error as StoreError where error.code == .preconditionFailed {
                try Task.checkCancellation()
            }
        }
        try await self.keepUnlessOvertaken(file, as: key, of: work)
    }

    private func keepUnlessOvertaken(_ file: StepFile, as key: FileKey, of work: FileWork) async throws {
        try self.requireSameSource(of: work)
        let source = work.item.key.text
        let before = try self.catalog.file(bucket: work.item.bucket, key: key)
        guard before.map({ $0.metadata[OutputMetadata.source] == source }) ?? true else {
            throw StepFailure(
                "output_conflict",
                "a result would take the place of '\(key)', which belongs to another file; rename one of them"
            )
        }
        let open = try await self.store.onDiskThreads { try OpenResult(file.path, name: file.name) }
        var request = IngestRequest(
            bucket: work.item.bucket,
            key: key,
            contentType: file.contentType,
            metadata: [
                OutputMetadata.source: source,
                OutputMetadata.sourceDigest: work.file.blob.hex,
                OutputMetadata.pipeline: "\(work.job.pipeline.name) \(work.job.pipeline.version)",
                OutputMetadata.job: work.job.id,
            ],
            precondition: before.map { .matches([$0.blob]) } ?? .absent
        )
        request.announcedSize = open.size
        request.maxSize = self.resources.configuration.maxFileSize
        _ = try await self.store.ingest(request, body: LocalFileBody(file: open), slot: work.slot)
    }

    private func requireSameSource(of work: FileWork) throws {
        let current = try self.store.file(bucket: work.item.bucket, key: work.item.key)
        guard current.blob == work.file.blob else {
            throw StepFailure(
                "source_changed",
                "the file was replaced while it was processed; process it again",
                isRecoverable: true
            )
        }
    }

    /// The name of a result in the bucket of its source.
    private func key(of file: StepFile, of work: FileWork) throws -> FileKey {
        guard file.hasProperName else {
            throw StepFailure("bad_output", "a result has a name that is no name of an output")
        }
        let place = work.job.pipeline.outputPrefix ?? "\(self.configuration.outputPrefix)/\(work.job.pipeline.name)"
        return try Self.key(place, work.item.key, file.name)
    }

    /// A key under a place that tells the source; the source's digest where its name would be too long.
    static func key(_ place: String, _ source: FileKey, _ name: String? = nil) throws -> FileKey {
        let end = name.map { "/\($0)" } ?? ""
        let text = "\(place)/\(source.text)\(end)"
        guard text.utf8.count > FileKey.maxBytes else { return try FileKey(text) }
        let digest = SHA256.hash(data: Data(source.text.utf8)).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        return try FileKey("\(place)/sha256-\(digest.joined())\(end)")
    }

    /// Moves a bad file away, with the error as metadata.
    ///
    /// One that was replaced meanwhile stays: it is another.
    func quarantine(_ work: FileWork, _ error: FailureReport?) async throws {
        let (item, file) = (work.item, work.file)
        var metadata = file.metadata
        metadata[OutputMetadata.source] = item.key.text
        metadata[OutputMetadata.pipeline] = "\(work.job.pipeline.name) \(work.job.pipeline.version)"
        metadata[OutputMetadata.job] = work.job.id
        metadata[OutputMetadata.error] = error?.code
        metadata[OutputMetadata.errorMessage] = error.map { String($0.message.prefix(Self.maxErrorLength)) }
        do {
            for number in 1...Self.maxNamesakes {
                let place = try Self.key(self.configuration.quarantinePrefix, item.key, number == 1 ? nil : "\(number)")
                // Nothing that lies there is replaced; done again after a crash, it is there already.
                if let there = try self.catalog.file(bucket: item.bucket, key: place) {
                    guard there.blob == file.blob else { continue }
                } else {
                    _ = try await self.store.copy(
                        CopyRequest(
                            from: (item.bucket, item.key),
                            to: (item.bucket, place),
                            sourcePrecondition: .matches([file.blob]),
                            precondition: .absent,
                            attributes: FileAttributes(contentType: file.contentType, metadata: metadata)
                        )
                    )
                }
                try await self.store.delete(bucket: item.bucket, key: item.key, precondition: .matches([file.blob]))
                return
            }
            self.logger.warning(
                "a bad file stays where it is: too many of its name are in quarantine",
                metadata: ["purser.job.id": "\(work.job.id)"]
            )
        } catch let error as StoreError where [.preconditionFailed, .fileNotFound].contains(error.code) {
            // Replaced, or gone: nothing is left to move.
        }
    }
}

/// Names of the metadata that tell what a file was made of, or why it was moved.
enum OutputMetadata {
    static let source = "source"
    static let sourceDigest = "source_sha256"
    static let pipeline = "pipeline"
    static let job = "job"
    static let error = "error"
    static let errorMessage = "error_message"
}
