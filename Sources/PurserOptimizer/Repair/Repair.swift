import PurserOperations
import PurserCatalog
import PurserIdentifiers
import PurserStore

/// Looks for good bytes of all contents that are damaged, and puts them in place.
struct Repair {
    /// Names that a source is told.
    private static let names = 16

    let context: RunContext
    let sources: [RepairSource]

    func run() async throws {
        var row: Int64 = 0
        while true {
            let page = try self.context.catalog.damagedBlobs(after: row, limit: 100)
            guard let last = page.last else { return }
            for blob in page { try await self.heal(blob) }
            row = last.row
        }
    }

    private func heal(_ blob: NumberedBlob) async throws {
        let files = try self.context.catalog.files(ofBlob: blob.row, limit: Self.names)
        let content = DamagedContent(
            blob: blob.record.id,
            size: blob.record.size,
            files: files.map { ($0.bucket, $0.key) }
        )
        for source in self.sources {
            do {
                guard try await self.heal(blob.record, content, from: source) else { continue }
                self.context.report { $0.count("healed") }
                self.context.onEvent(.contentHealed(blob.record.id))
                return
            } catch {
                // Another source may do better.
                try self.context.skip(error, wanting: blob.record.size)
            }
        }
        self.context.report { $0.count("not_healed") }
    }

    private func heal(_ record: BlobRecord, _ content: DamagedContent, from source: RepairSource) async throws -> Bool {
        for open in try await source.candidates(for: content) {
            guard let bytes = try await open() else { continue }
            let id = self.context.operation.id
            let isHealed = try await self.context.store.heal(record, with: bytes, operation: id)
            try await self.context.pace.spend(bytes: Int(clamping: record.size))
            if isHealed { return true }
        }
        return false
    }
}
