import Foundation
import PurserIdentifiers
import PurserOperations
import SystemPackage

/// Heals contents: what has the right digest is stored under a name of its own, which goes again at once.
struct ContentRepair: Sendable {
    let service: any StorageService
    let source: any GoodBytes
    let console: Console

    /// - Returns: How many contents are whole again.
    func heal(_ files: [FileDocument]) async throws -> Int {
        var healed: Set<String> = []
        for file in files where !healed.contains(file.sha256) {
            do {
                let isHealed = try await self.source.withBytes(of: file) { try await self.store($0, file) }
                if isHealed { healed.insert(file.sha256) }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                self.console.failure(CommandError(describing: error), of: "\(file.bucket)/\(file.key)")
            }
        }
        return healed.count
    }

    /// Stores good bytes; the same content heals wherever it is.
    private func store(_ path: FilePath, _ file: FileDocument) async throws {
        let place = FilePlace(
            bucket: try BucketName(file.bucket),
            key: try FileKey("purser-repair/\(file.sha256)-\(UUID().uuidString)")
        )
        _ = try await self.service.upload(
            try ContentSource.file(path),
            to: place,
            options: PutOptions(mustBeNew: true),
            operation: OperationID()
        )
        try await self.service.delete(place)
    }
}
